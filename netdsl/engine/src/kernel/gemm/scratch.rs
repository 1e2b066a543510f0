//! Scratch memory per thread: aligned to a cache line, grown when needed, and kept.
//!
//! Tasks are claimed by whichever thread is free, so a thread may come to its first task of a kind long after the others.
//! It must not allocate then: a thread that has to grow a buffer grows those of all threads.

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Element;
use crate::pool;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "only its size and alignment matter")] [u8; 64]);

/// Threads that keep their buffers; more of them allocate anew each time.
const SEATS: usize = 64;
/// Uses nest; those deeper than this allocate each time.
const DEPTHS: usize = 4;

/// The buffers of a seat that are not in use, by depth; on cache lines of its own, which no other
/// thread writes while it works.
#[repr(align(128))]
struct Free(Mutex<[Vec<Line>; DEPTHS]>);

/// By seat.
static FREE: [Free; SEATS] = [const { Free(Mutex::new([const { Vec::new() }; DEPTHS])) }; SEATS];
/// The seats that threads have.
static TAKEN: Mutex<[bool; SEATS]> = Mutex::new([false; SEATS]);

thread_local! {
    static SEAT: Seat = Seat::take();
    /// How many uses of this thread are going on.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Calls `body` with `count` elements of unspecified value.
pub(crate) fn elements<E: Element, R>(count: usize, body: impl FnOnce(&mut [E]) -> R) -> R {
    // SAFETY: an element is a float, which any bits are.
    unsafe { take(count, Growth::All, body) }
}

/// [`elements`] for a thread that starts a loop, as opposed to its tasks: other threads need no such memory.
pub(crate) fn own_elements<E: Element, R>(count: usize, body: impl FnOnce(&mut [E]) -> R) -> R {
    // SAFETY: an element is a float, which any bits are.
    unsafe { take(count, Growth::Own, body) }
}

/// Calls `body` with `count` offsets of unspecified value.
pub(crate) fn offsets<R>(count: usize, body: impl FnOnce(&mut [usize]) -> R) -> R {
    // SAFETY: any bits are an integer.
    unsafe { take(count, Growth::All, body) }
}

/// Calls `body` with `count` pairs of offsets of unspecified value.
pub(crate) fn pairs<R>(count: usize, body: impl FnOnce(&mut [[usize; 2]]) -> R) -> R {
    // SAFETY: any bits are an integer.
    unsafe { take(count, Growth::All, body) }
}

/// Whose buffers grow where one is too small.
#[derive(PartialEq)]
enum Growth {
    /// This thread's only.
    Own,
    /// Those of all threads, at all depths.
    All,
}

/// # Safety
///
/// Any bits must be a value of `T`, and its alignment at most a cache line's.
unsafe fn take<T: Copy, R>(count: usize, growth: Growth, body: impl FnOnce(&mut [T]) -> R) -> R {
    let mut own = Use::begin();
    let lines = (count * size_of::<T>()).div_ceil(64);
    if own.buffer.len() < lines {
        own.buffer.resize(lines, Line([0; 64]));
        if growth == Growth::All {
            own.grow_others(lines);
        }
    }
    // SAFETY: the buffer holds at least `count` initialised, aligned `T`s, and is borrowed here
    // alone until `body` returns.
    body(unsafe { std::slice::from_raw_parts_mut(own.buffer.as_mut_ptr().cast(), count) })
}

/// A place among [`FREE`], a thread's own while it lives.
struct Seat(Option<usize>);

impl Seat {
    fn take() -> Self {
        let mut taken = lock(&TAKEN);
        let free = taken.iter().position(|taken| !taken);
        if let Some(seat) = free {
            taken[seat] = true;
        }
        Self(free)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(seat) = self.0 {
            lock(&TAKEN)[seat] = false;
        }
    }
}

/// A buffer in use; it goes back when this ends.
struct Use {
    seat: Option<usize>,
    depth: usize,
    buffer: Vec<Line>,
}

impl Use {
    fn begin() -> Self {
        let depth = DEPTH.get();
        DEPTH.set(depth + 1);
        let seat = SEAT
            .try_with(|seat| seat.0)
            .ok()
            .flatten()
            .filter(|_| depth < DEPTHS);
        let buffer = seat.map(|seat| std::mem::take(&mut lock(&FREE[seat].0)[depth]));
        Self {
            seat,
            depth,
            buffer: buffer.unwrap_or_default(),
        }
    }

    fn grow_others(&self, lines: usize) {
        if self.seat.is_none() {
            return;
        }
        let taken = *lock(&TAKEN);
        let seats = taken
            .iter()
            .rposition(|&taken| taken)
            .map_or(0, |last| last + 1)
            .max(pool::threads());
        for (seat, free) in FREE.iter().enumerate().take(seats) {
            // At every depth: the thread that starts a loop is a level deeper in its tasks than the ones that help. A
            // buffer in use is missing here: what is put in its place is there when it comes back.
            for (depth, free) in lock(&free.0).iter_mut().enumerate() {
                if (Some(seat), depth) != (self.seat, self.depth) && free.len() < lines {
                    free.resize(lines, Line([0; 64]));
                }
            }
        }
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        DEPTH.set(self.depth);
        if let Some(seat) = self.seat {
            let mut free = lock(&FREE[seat].0);
            if free[self.depth].len() < self.buffer.len() {
                std::mem::swap(&mut free[self.depth], &mut self.buffer);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
