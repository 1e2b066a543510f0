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

/// The only x for which x ∘ y is `result`.
pub(super) const fn left(operation: &str, y: usize, result: usize) -> Option<usize> {
    match operation.as_bytes()[0] {
        b'+' => result.checked_sub(y),
        b'-' => result.checked_add(y),
        b'*' => quotient(result, y),
        _ => result.checked_mul(y),
    }
}

/// The only y for which x ∘ y is `result`.
pub(super) const fn right(operation: &str, x: usize, result: usize) -> Option<usize> {
    match operation.as_bytes()[0] {
        b'+' => result.checked_sub(x),
        b'-' => x.checked_sub(result),
        _ => quotient(
            if is_product(operation) { result } else { x },
            if is_product(operation) { x } else { result },
        ),
    }
}

const fn is_product(operation: &str) -> bool {
    operation.as_bytes()[0] == b'*'
}

const fn quotient(whole: usize, part: usize) -> Option<usize> {
    if part > 0 && whole.is_multiple_of(part) {
        Some(whole / part)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_follows_from_the_two_others() {
        for operation in ["+", "-", "*", "/"] {
            for x in 1..30 {
                for y in 1..30 {
                    let Ok(found) = result(operation, x, y) else {
                        continue;
                    };
                    assert_eq!(
                        left(operation, y, found),
                        Some(x),
                        "_ {operation} {y} = {found}"
                    );
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
    }

    #[test]
    fn what_no_size_gives_is_none() {
        assert_eq!(left("*", 2, 9), None);
        assert_eq!(right("-", 3, 5), None);
        assert_eq!(left("+", 5, 3), None);
        assert_eq!(right("/", 10, 3), None);
    }
}
