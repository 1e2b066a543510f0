use netdsl::prelude::*;

macro_rules! two_layers {
    ($name:ident, $hidden:literal) => {
        network! {
            struct $name {
                first: Linear<_, $hidden>,
                second: Linear<9, 2>,
            }

            fn forward(x: [4]) -> [2] {
                second(first(x).relu())
            }
        }
    };
}

two_layers!(Net, 8);

fn main() {}
