// What a type parameter stands for takes one tensor and gives one.
use netdsl::prelude::*;

network! {
    struct Pair<B: UnaryLayer> {
        first: B,
        second: B,
    }

    struct Two {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        fc(x) + x
    }
}

fn main() {
    let _ = network!(Pair::<Two>);
}
