//! A body says what is computed; the compiler runs it, and there is nothing to print.
use netdsl::prelude::*;

network! {
    struct Printed {
        fc: Linear<8, 4>,
    }

    fn forward(x: [8]) -> ([4], [8]) {
        let y = fc(x);
        let parts = [y, y];
        (parts[1], x)
    }
}

#[test]
fn builds() {
    let net = network!(Printed).unwrap();
    assert!(net.to_string().contains("Linear"));
}
