//! Arguments in a body have no names, and what `keepdim` keeps is put back.
use netdsl::prelude::*;

network! {
    struct Centred {
        fc: Linear<_, 4>,
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let x = x - x.mean(2, keepdim = true);
        let x = x - x.mean([1, 2], true);
        fc(x.transpose(dim0 = 1, 2).transpose(1, 2), bias = false)
    }
}

fn main() {}
