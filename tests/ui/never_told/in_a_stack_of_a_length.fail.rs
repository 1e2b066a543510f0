//! What nothing tells once a constant has its number is told for that type.
use netdsl::prelude::*;

network! {
    struct Ear<const D: usize> {
        a: Linear<4, 6>,
        bs: [Linear<_, _>; D],
        out: Linear<_, 3>,
    }

    fn forward(x: [4]) -> [3] {
        out(bs(a(x)))
    }
}

fn main() {
    let _ = network!(Ear::<2>);
}
