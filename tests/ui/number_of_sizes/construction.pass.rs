use netdsl::prelude::*;

network! {
    struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 8>,
        out: Linear<_, classes>,
    }
}

#[test]
fn builds() {
    assert!(network!(Mlp<20, 3>).is_ok());
    assert!(network!(Mlp<_, 3>).is_ok());
}
