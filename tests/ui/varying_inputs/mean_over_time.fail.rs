use netdsl::prelude::*;

network! {
    struct Net {
        lstm: Lstm<3, 16>(batch_first = true),
        head: Linear<8, 2>,
    }

    fn forward(steps: [_, 3]) -> [2] {
        let (seen, _) = lstm(steps);
        head(seen.mean(1))
    }
}

fn main() {}
