//! Scratch memory per thread: aligned to a cache line, grown when needed, and kept.

use std::cell::RefCell;

use crate::Element;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "only its size and alignment matter")] [u8; 64]);

thread_local! {
    /// Buffers not in use. Uses nest, so a buffer comes back to the use that grew it.
    static FREE: RefCell<Vec<Vec<Line>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `body` with `count` elements of unspecified value.
pub(crate) fn elements<E: Element, R>(count: usize, body: impl FnOnce(&mut [E]) -> R) -> R {
    // SAFETY: an element is a float, which any bits are.
    unsafe { take(count, body) }
}

/// Calls `body` with `count` offsets of unspecified value.
pub(crate) fn offsets<R>(count: usize, body: impl FnOnce(&mut [usize]) -> R) -> R {
    // SAFETY: any bits are an integer.
    unsafe { take(count, body) }
}

/// Calls `body` with `count` pairs of offsets of unspecified value.
pub(crate) fn pairs<R>(count: usize, body: impl FnOnce(&mut [[usize; 2]]) -> R) -> R {
    // SAFETY: any bits are an integer.
    unsafe { take(count, body) }
}

/// # Safety
///
/// Any bits must be a value of `T`, and its alignment at most a cache line's.
unsafe fn take<T: Copy, R>(count: usize, body: impl FnOnce(&mut [T]) -> R) -> R {
    let mut buffer = FREE.with_borrow_mut(|free| free.pop().unwrap_or_default());
    let lines = (count * size_of::<T>()).div_ceil(64);
    if buffer.len() < lines {
        buffer.resize(lines, Line([0; 64]));
    }
    // SAFETY: the buffer holds at least `count` initialised, aligned `T`s, and is borrowed here
    // alone until `body` returns.
    let result = body(unsafe { std::slice::from_raw_parts_mut(buffer.as_mut_ptr().cast(), count) });
    FREE.with_borrow_mut(|free| free.push(buffer));
    result
}
