//! A constant with a path is one everywhere, and its use is checked.
use netdsl::prelude::*;

mod config {
    pub const WIDTH: usize = 5;
}

network! {
    struct Square<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }

    fn forward(x: [n]) -> [n] {
        fc(x)
    }
}

fn main() {
    let _ = network!(Square<4, { config::WIDTH }>);
}
