//! Of a stack whose member is not there none is told as not called beside.
use netdsl::prelude::*;

network! {
    struct Second {
        blocks: [Linear<8, 8>; 3],
    }

    fn forward(x: [8]) -> [8] {
        blocks[2](blocks[1](blocks[0](x)))
    }
}

#[test]
fn builds() {
    assert!(network!(Second).unwrap().is_bound());
}
