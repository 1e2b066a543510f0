use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>,
    }
}

#[test]
fn builds() {
    assert!(network!(Net, seed = 4).is_ok());
}
