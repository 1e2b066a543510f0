use netdsl::prelude::*;

network! {
    struct Net<inputs> {
        fc: Linear<inputs, 3>,
    }
}

fn main() {
    let _ = network!(Net<99999999999999999999>);
}
