//! Memory for large arrays.

use crate::Element;

/// `len` zeros. The system gives large arrays of them lazily, so nothing is written twice; where it
/// can, it is asked for large pages, which save most of the time that first writes take and many
/// misses of the address cache later.
pub fn zeros<E: Element>(len: usize) -> Vec<E> {
    let values = vec![E::ZERO; len];
    prefer_large_pages(&values);
    values
}

/// Bytes from which on large pages pay: two of them.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

#[cfg(target_os = "linux")]
fn prefer_large_pages<E>(values: &[E]) {
    use std::ffi::{c_int, c_void};
    unsafe extern "C" {
        fn madvise(address: *mut c_void, length: usize, advice: c_int) -> c_int;
    }
    const MADV_HUGEPAGE: c_int = 14;
    /// A multiple of every page size of the system.
    const PAGE: usize = 1 << 16;
    let (address, bytes) = (values.as_ptr().addr(), size_of_val(values));
    if bytes < LARGE {
        return;
    }
    let skipped = address.next_multiple_of(PAGE) - address;
    // SAFETY: the range lies within an allocation, and this advice changes no contents and no rights;
    // a refusal is of no consequence.
    unsafe {
        madvise(
            values.as_ptr().byte_add(skipped).cast_mut().cast(),
            (bytes - skipped) / PAGE * PAGE,
            MADV_HUGEPAGE,
        );
    }
}

#[cfg(not(target_os = "linux"))]
fn prefer_large_pages<E>(_values: &[E]) {}

#[cfg(test)]
mod tests {
    use super::zeros;

    #[test]
    fn all_are_zero() {
        for len in [0, 1, 1 << 20, (1 << 21) + 7] {
            let values = zeros::<f32>(len);
            assert_eq!(values.len(), len);
            assert!(values.iter().all(|&x| x == 0.0));
        }
    }
}
