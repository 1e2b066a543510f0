use netdsl::prelude::*;

network! {
    struct Net {
        fc1: Linear<_, 8>,
        fc2: Linear<_, 3>,
    }

    fn forward(x: [4]) -> [3] {
        let fc1 = fc1(x);
        let again = fc1(fc1.relu());
        fc2(again)
    }
}

fn main() {}
