use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
        conv: Conv1d<_, 4, 1>,
    }

    fn forward(x: [3, 3]) -> [3, 4] {
        let y = fc(x).relu();
        y + conv(x).transpose(1, 2)
    }
}

pub fn main() {}
