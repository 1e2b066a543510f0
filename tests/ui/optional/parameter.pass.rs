//! A parameter that is not there has no value.
use netdsl::prelude::*;

network! {
    struct Scale {
        gamma: Parameter<[4]>(value = 0.1),
    }

    fn forward(x: [4]) -> [4] {
        x * gamma()
    }

    struct Scaled<const SCALED: bool> {
        fc: Linear<_, 4>,
        scale: Option<Scale>(when = SCALED),
    }

    fn forward(x: [4]) -> [4] {
        x + scale(fc(x))
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Scaled::<true>).unwrap().count_parameters(), 24);
    assert_eq!(network!(Scaled::<false>).unwrap().count_parameters(), 20);
}
