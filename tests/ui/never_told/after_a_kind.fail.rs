//! What a layer of any kind gives may tell a size, but not that of a layer which has nothing to do with it.
use netdsl::prelude::*;

network! {
    struct Net<B: UnaryLayer> {
        first: Linear<_, _>,
        second: Linear<_, 4>,
        body: B,
        shift: Parameter<[_]>,
    }

    fn forward(x: [4]) -> [_] {
        body(second(first(x).relu())) + shift()
    }
}

fn main() {}
