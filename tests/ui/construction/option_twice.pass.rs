use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>,
    }
}

fn main() {
    let _ = network!(Net, seed = 1);
    let _ = network!(Net, dtype = f64, seed = 1);
}
