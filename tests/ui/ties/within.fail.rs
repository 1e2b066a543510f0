//! A layer within another network has the parameters that its own network says.
use netdsl::prelude::*;

network! {
    struct Tower {
        fc: Linear<4, 4>,
    }
}

network! {
    struct Towers {
        a: Tower,
        b: Tower(fc.weight = a.fc.weight),
    }
}

network! {
    struct Stacks {
        a: Linear<4, 4>,
        b: [Linear<4, 4>([1].weight = a.weight); 2],
    }
}

fn main() {}
