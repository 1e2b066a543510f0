//! Mistakes of one use are told together, each at its size where it is one's.
use netdsl::prelude::*;

network! {
    #[eager]
    struct Eager<inputs, classes> {
        fc: Linear<inputs, classes>,
    }

    struct Mlp<first, second> {
        a: Linear<4, first>,
        b: Linear<5, second>,
        c: Linear<6, 3>,
    }
}

fn main() {
    network!(Eager<_, _>).unwrap();
    network!(Mlp<3, 4>).unwrap();
}
