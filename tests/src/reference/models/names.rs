//! Names of a state dict and those of a network.

/// Which name of a network each name of a state dict stands for: the same one where there is one; the
/// others in order. A field of a network cannot be called `1`, as a part of `Sequential` is.
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
    let known = |name: &String| own.contains(name);
    let mut rest = own
        .iter()
        .filter(|name| !theirs.iter().any(|(other, _)| other == *name));
    let name = |theirs: &String| {
        if known(theirs) {
            Some(theirs.clone())
        } else {
            rest.next().cloned()
        }
    };
    let mut name = name;
    theirs
        .iter()
        .map(|(theirs, _)| {
            name(theirs)
                .map(|own| (theirs.clone(), own))
                .ok_or_else(|| format!("whose is {theirs}?"))
        })
        .collect()
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
