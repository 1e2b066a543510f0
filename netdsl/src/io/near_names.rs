//! Which of the names there are was probably meant.

/// How many names are suggested at most.
const MOST: usize = 3;

/// The names in `available` that are close to `wanted`, nearest first, at most three.
///
/// Close is a third of the letters wrong at most, or one name being the other's ending after a dot, as
/// `fc1.weight` is that of `module.fc1.weight`.
///
/// ```
/// use netdsl::io::near_names;
///
/// let there = ["fc1.weight", "fc1.bias", "fc2.weight"];
/// assert_eq!(near_names("fc1.wieght", there), ["fc1.weight", "fc2.weight"]);
/// assert_eq!(near_names("module.fc1.bias", there), ["fc1.bias"]);
/// assert!(near_names("conv.running_mean", there).is_empty());
/// ```
pub fn near_names<'a>(wanted: &str, available: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    nearest(wanted, available.into_iter().collect())
}

/// [`near_names`] of a list.
fn nearest<'a>(wanted: &str, available: Vec<&'a str>) -> Vec<&'a str> {
    let letters: Vec<char> = wanted.chars().collect();
    let mut near: Vec<(usize, &str)> = Vec::new();
    for name in available {
        let distance = if is_ending(wanted, name) || is_ending(name, wanted) {
            1
        } else {
            let other: Vec<char> = name.chars().collect();
            let allowed = (letters.len().max(other.len()) / 3).max(1);
            match edit_distance(&letters, &other) {
                far if far > allowed => continue,
                distance => distance,
            }
        };
        let at = near.partition_point(|(nearer, _)| *nearer <= distance);
        near.insert(at, (distance, name));
        near.truncate(MOST);
    }
    near.into_iter().map(|(_, name)| name).collect()
}

/// Whether `short` is what follows a dot in `long`.
fn is_ending(long: &str, short: &str) -> bool {
    !short.is_empty()
        && long
            .strip_suffix(short)
            .is_some_and(|start| start.ends_with('.'))
}

/// How many letters to insert, remove, replace, or swap with their neighbour.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    // above2, above, row: distances of the last prefixes of `a` to every prefix of `b`
    let mut above2 = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row = above.clone();
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(above2[j - 2] + 1);
            }
        }
        std::mem::swap(&mut above2, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let check = |a: &str, b: &str, expect| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(edit_distance(&letters(a), &letters(b)), expect, "{a} {b}");
            assert_eq!(edit_distance(&letters(b), &letters(a)), expect, "{b} {a}");
        };
        check("", "", 0);
        check("", "abc", 3);
        check("kitten", "sitting", 3);
        check("weight", "wieght", 1);
        check("größe", "grösse", 2);
    }

    #[test]
    fn nearest_first_and_few() {
        let there = ["a.bias1", "a.bias", "a.bais", "a.bia", "a.bias22"];
        assert_eq!(near_names("a.bias", there), ["a.bias", "a.bias1", "a.bais"]);
        assert!(near_names("", ["weight"]).is_empty());
    }
}
