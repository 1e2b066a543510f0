//! Parameter groups: which rule a parameter is updated by.

use crate::io::near_names;

/// The parameters whose path matches a pattern, and their rule.
#[derive(Clone, Debug)]
pub(super) struct Group<R> {
    /// The pattern; parameters of no other group need none.
    pub(super) pattern: Option<String>,
    /// The rule.
    pub(super) rule: R,
    /// The learning rate divided by that of the first rule, kept when a schedule moves the latter.
    pub(super) lr_ratio: Option<f64>,
}

/// Whether `path` matches `pattern`, where `*` stands for any characters: `fc1.*`, `*.bias`, `blocks.*.weight`.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let (Some(first), Some(mut rest)) = (
        parts.next(),
        path.strip_prefix(pattern.split('*').next().unwrap_or("")),
    ) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        // No star.
        return path == first;
    };
    // Each part in between at its first place leaves the most for those after it.
    for part in parts {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Patterns of the same form as one that matches none of some paths, and like it, that do: `head.*` for `haed.*`.
pub(crate) fn near_patterns(pattern: &str, paths: &[&str]) -> Vec<String> {
    // Below a parameter there is nothing.
    if let Some(whole) = pattern.strip_suffix(".*")
        && paths.contains(&whole)
    {
        return vec![whole.to_owned()];
    }
    let mut available: Vec<String> = Vec::new();
    for path in paths {
        let Some((layer, own)) = path.rsplit_once('.') else {
            // No pattern with a star and a dot matches the network's own parameter.
            available.push((*path).to_owned());
            continue;
        };
        let like = if pattern.ends_with(".*") {
            format!("{layer}.*")
        } else if pattern.starts_with("*.") {
            format!("*.{own}")
        } else {
            (*path).to_owned()
        };
        if !available.contains(&like) {
            available.push(like);
        }
        // What a whole layer is called by is no parameter.
        let whole = format!("{layer}.*");
        if pattern == layer && !available.contains(&whole) {
            return vec![whole];
        }
    }
    let near = near_names(pattern, available.iter().map(String::as_str));
    near.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{matches, near_patterns};

    #[test]
    fn patterns_like_it() {
        let paths = ["body.0.weight", "body.0.bias", "head.weight", "head.bias"];
        for (pattern, near) in [
            ("haed.*", vec!["head.*"]),
            ("*.bais", vec!["*.bias"]),
            ("head", vec!["head.*"]),
            ("head.wieght", vec!["head.weight"]),
            ("decoder.*", vec![]),
        ] {
            assert_eq!(near_patterns(pattern, &paths), near, "{pattern}");
        }
        let paths = ["gamma", "body.gamma", "body.fc.weight"];
        for (pattern, near) in [
            ("gamma.*", vec!["gamma"]),
            ("body.gamma.*", vec!["body.gamma"]),
            ("gama", vec!["gamma"]),
            ("*.gama", vec!["*.gamma"]),
            ("", vec![]),
        ] {
            assert_eq!(near_patterns(pattern, &paths), near, "{pattern}");
        }
    }

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("fc1.weight", "fc1.weight", true),
            ("fc1.weight", "fc1.weights", false),
            ("fc1", "fc1.weight", false),
            ("fc1.*", "fc1.weight", true),
            ("fc1.*", "fc10.weight", false),
            ("*.bias", "block.0.bias", true),
            ("*.bias", "bias", false),
            ("*", "anything", true),
            ("*", "", true),
            ("**", "x", true),
            ("", "", true),
            ("", "x", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("blocks.*.norm*.weight", "blocks.3.norm2.weight", true),
            ("blocks.*.norm*.weight", "blocks.3.conv2.weight", false),
            ("*ab*ab", "ab", false),
            ("*ab*ab", "cabab", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }
}
