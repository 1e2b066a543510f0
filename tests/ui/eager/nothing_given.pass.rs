use netdsl::prelude::*;

network! {
    #[eager]
    struct Mlp<inputs> {
        hidden: Linear<inputs, 32>,
        out: Linear<_, 10>,
    }
}

#[test]
fn a_given_number_is_enough() {
    assert!(network!(Mlp<20>).unwrap().is_bound());
}
