use netdsl::prelude::*;

network! {
    struct Block {
        fc: Linear<_, 8>,
        norm: BatchNorm1d<_>,
    }

    fn forward(x: [_]) -> [8] {
        norm(fc(x).relu())
    }

    #[eager]
    struct Net {
        first: Block,
        rest: [Block; 2],
    }

    fn forward(x: [n]) -> [8] {
        rest(first(x))
    }
}

fn main() {}
