use netdsl::prelude::*;

network! {
    #[eager]
    struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 32>,
        out: Linear<_, classes>,
    }
}

fn main() {
    network!(Mlp<_, 10>).unwrap();
}
