//! A parameter that is not there has no value.
use netdsl::prelude::*;

network! {
    struct Scaled<const SCALED: bool> {
        fc: Linear<_, 4>,
        gamma: Option<Parameter<[4]>(value = 0.1)>(when = SCALED),
    }

    fn forward(x: [4]) -> [4] {
        x + fc(x) * gamma()
    }
}

fn main() {}
