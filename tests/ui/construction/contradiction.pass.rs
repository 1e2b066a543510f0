use netdsl::prelude::*;

network! {
    struct Square<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }

    fn forward(x: [n]) -> [n] {
        fc(x)
    }
}

#[test]
fn builds() {
    assert!(network!(Square<20, 20>).is_ok());
    assert!(network!(Square<20, _>).is_ok_and(|net| net.is_bound()));
}
