//! What is no size may be a padding.
use netdsl::prelude::*;

network! {
    struct Net<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }

    struct Padded<padding> {
        pad: ZeroPad1d<padding>,
        conv: Conv1d<1, 1, 3>(padding = 0),
    }

    fn forward(x: [1, 9]) -> [1, _] {
        conv(pad(x))
    }
}

pub fn main() {
    let _ = network!(Net<4, 3>);
    let _ = network!(Padded<-1>);
    let _ = network!(Padded<0>);
}
