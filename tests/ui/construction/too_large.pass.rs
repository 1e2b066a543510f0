use netdsl::prelude::*;

network! {
    struct Net<inputs> {
        fc: Linear<inputs, 3>,
    }
}

pub fn main() {
    let _ = network!(Net<9>);
}
