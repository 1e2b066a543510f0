use netdsl::prelude::*;

network! {
    #[eager]
    struct Mlp<inputs> {
        hidden: Linear<inputs, 32>,
        out: Linear<_, 10>,
    }
}

fn main() {
    network!(Mlp<_>).unwrap();
}
