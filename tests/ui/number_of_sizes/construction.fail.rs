use netdsl::prelude::*;

network! {
    struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 8>,
        out: Linear<_, classes>,
    }
}

fn main() {
    let _ = network!(Mlp<20>);
}
