use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>,
    }
}

fn main() {
    let _ = network!(Net, sed = 4);
}
