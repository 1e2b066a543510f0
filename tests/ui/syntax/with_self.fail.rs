// A forward takes inputs only.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 2>,
    }

    fn forward(&self, x: [4]) -> [2] {
        self.fc(x)
    }

    struct Other {
        fc: Linear<4, 2>,
    }

    fn forward(mut self, x: [4]) -> [2] {
        fc(x)
    }
}

fn main() {}
