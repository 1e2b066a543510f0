//! A layer of the network itself is tied to one within another.
use netdsl::prelude::*;

network! {
    struct Tower {
        fc: Linear<4, 4>,
    }
}

network! {
    struct Towers {
        a: Tower,
        b: Linear<4, 4>(weight = a.fc.weight),
    }
}

network! {
    struct Stacks {
        a: Linear<4, 4>,
        b: [Linear<4, 4>(weight = a.weight); 2],
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Towers).unwrap().count_parameters(), 20 + 4);
    assert_eq!(network!(Stacks).unwrap().count_parameters(), 20 + 2 * 4);
}
