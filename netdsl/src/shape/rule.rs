//! The arithmetic of sizes: one `const fn` for each rule that is more than equality.

pub use netdsl_engine::graph::window::Window;

/// What `b` must be if `a` is broadcast against it (NumPy's rule): equal, or one of them 1.
pub const fn broadcast(a: usize, b: usize) -> Option<usize> {
    if a == b || b == 1 {
        Some(a)
    } else if a == 1 {
        Some(b)
    } else {
        None
    }
}

/// The index of an axis that may count from the end; `None` where there is no such axis.
pub const fn axis_index(dim: i64, rank: usize) -> Option<usize> {
    let index = if dim < 0 { dim + rank as i64 } else { dim };
    if index < 0 || index >= rank as i64 {
        None
    } else {
        Some(index as usize)
    }
}

/// √x for a number that is not negative, to the last digit or the one before it.
pub(crate) const fn sqrt(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (mut root, mut i) = (if x > 1.0 { x } else { 1.0 }, 0);
    // Newton's iteration falls towards the root and at most halves: 1100 steps reach any number.
    while i < 1100 {
        let next = 0.5 * (root + x / root);
        if next >= root {
            return root;
        }
        root = next;
        i += 1;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_count_from_either_end() {
        assert_eq!(axis_index(-1, 3), Some(2));
        assert_eq!(axis_index(3, 3), None);
        assert_eq!(axis_index(-4, 3), None);
    }

    #[test]
    fn roots_are_roots() {
        for x in [0.0, 1e-9, 0.25, 1.0, 2.0, 3.0, 64.0, 96.0, 1e12, 12_345.678] {
            let (root, exact) = (sqrt(x), f64::sqrt(x));
            assert!(
                (root - exact).abs() <= 1e-15 * exact.max(1e-150),
                "{x}: {root} {exact}"
            );
        }
    }
}
