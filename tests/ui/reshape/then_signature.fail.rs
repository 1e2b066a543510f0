use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
        head: Linear<_, 3>,
    }

    fn forward(x: [4]) -> ([3], [3, 4], [m, 3]) {
        let x = fc(x);
        (head(x.reshape([5, 4])), x.reshape([6, 4]), x.reshape([m, 5]))
    }
}

fn main() {}
