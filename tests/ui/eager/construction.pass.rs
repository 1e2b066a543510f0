use netdsl::prelude::*;

network! {
    #[eager]
    struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 32>,
        out: Linear<_, classes>,
    }
}

#[test]
fn nothing_waits_once_it_is_built() {
    assert!(network!(Mlp<20, 10>).unwrap().is_bound());
    let error = Mlp::new(Arg::OPEN, 10).unwrap_err().to_string();
    assert!(error.contains("`inputs`"), "{error}");
}
