// Sizes stand in `<…>`, options in `(…)`.
use netdsl::prelude::*;

network! {
    struct Net {
        fc0: nn::Linear(7, 7),
        fc1: Linear(7, 10),
        fc2: Linear(_, { 2 * 5 }, bias = false),
        fc3: Linear<_, 10, bias = false>,
        drop: Dropout(0.5),
        fc4: Linear<_>(2, weight = fc5.weight),
        fc5: Linear<10, 2>,
    }

    fn forward(x: [7]) -> [2] {
        let x = drop(fc3(fc2(fc1(fc0(x)))));
        fc4(x) + fc5(x)
    }
}

fn main() {}
