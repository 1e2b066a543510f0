//! What nothing tells once a constant has its number is told for that type.
use netdsl::prelude::*;

network! {
    struct Ear<const D: usize> {
        a: Linear<4, 6>,
        bs: [Linear<_, 6>; D],
        out: Linear<_, 3>,
    }

    fn forward(x: [4]) -> [3] {
        out(bs(a(x)))
    }
}

#[test]
fn builds() {
    let net = network!(Ear::<2>).unwrap();
    assert_eq!(net.count_parameters(), 30 + 2 * 42 + 21);
}
