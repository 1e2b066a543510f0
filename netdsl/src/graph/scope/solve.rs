//! Arithmetic on sizes, in each direction: `+`, `-`, `*`, `/` and `%` as written in definitions.

/// Why a division has no result.
pub(super) const BY_ZERO: &str = "nothing is divided by 0";

/// x ∘ y, or why there is no such size.
pub(super) const fn result(operation: &str, x: usize, y: usize) -> Result<usize, &'static str> {
    let found = match operation.as_bytes()[0] {
        b'+' => x.checked_add(y),
        b'*' => x.checked_mul(y),
        b'-' if x < y => return Err("it is below 0"),
        b'-' => Some(x - y),
        _ if y == 0 => return Err(BY_ZERO),
        b'%' => Some(x % y),
        _ if !x.is_multiple_of(y) => return Err("it leaves a remainder"),
        _ => Some(x / y),
    };
    match found {
        Some(found) => Ok(found),
        None => Err("it is too large to count with"),
    }
}

/// The only y for which x − y or x / y is `result`.
pub(super) const fn right(operation: &str, x: usize, result: usize) -> Option<usize> {
    match operation.as_bytes()[0] {
        b'-' => x.checked_sub(result),
        _ if result > 0 && x.is_multiple_of(result) => Some(x / result),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_or_divided_by_follows() {
        for operation in ["-", "/"] {
            for x in 1..30 {
                for y in 1..30 {
                    let Ok(found) = result(operation, x, y) else {
                        continue;
                    };
                    if found > 0 {
                        assert_eq!(
                            right(operation, x, found),
                            Some(y),
                            "{x} {operation} _ = {found}"
                        );
                    }
                }
            }
        }
        assert_eq!(right("-", 3, 5), None);
        assert_eq!(right("/", 10, 3), None);
    }
}
