//! Names of a state dict and those of a network.

/// Which name of a network each name of a state dict stands for: the same one where there is one; the
/// others in order, by what the parameter itself is called. A field of a network cannot be called
/// `1`, as a part of `Sequential` is.
pub fn matched(
    own: &[String],
    theirs: &[(String, Vec<usize>)],
) -> Result<Vec<(String, String)>, String> {
    if own.len() != theirs.len() {
        return Err(format!(
            "the network has {} parameters and buffers, the state dict {}",
            own.len(),
            theirs.len()
        ));
    }
    let last = |name: &str| name.rsplit('.').next().unwrap_or("").to_owned();
    let mut rest: Vec<&String> = own.iter().collect();
    rest.retain(|name| !theirs.iter().any(|(other, _)| other == *name));
    let mut pairs = Vec::new();
    for (name, _) in theirs {
        if own.contains(name) {
            pairs.push((name.clone(), name.clone()));
            continue;
        }
        let known = own.iter().any(|other| last(other) == last(name));
        let fits = |other: &&String| {
            if known {
                last(other) == last(name)
            } else {
                !theirs.iter().any(|(name, _)| last(name) == last(other))
            }
        };
        let place = rest.iter().position(fits);
        let place = place.ok_or_else(|| format!("the network has nothing for `{name}`"))?;
        pairs.push((name.clone(), rest.remove(place).clone()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::matched;

    #[test]
    fn names_go_by_themselves_or_by_order() {
        let own = ["a.weight", "fc.weight", "fc.bias"].map(str::to_owned);
        let theirs = ["3.weight", "3.bias", "a.weight"].map(|name| (name.to_owned(), vec![1]));
        let pairs = matched(&own, &theirs).unwrap();
        let found: Vec<&str> = pairs.iter().map(|(_, own)| own.as_str()).collect();
        assert_eq!(found, ["fc.weight", "fc.bias", "a.weight"]);
        assert!(matched(&own[..2], &theirs).is_err());
    }
}
