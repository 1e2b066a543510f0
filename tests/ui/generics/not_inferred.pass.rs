use netdsl::prelude::*;

network! {
    struct Net<width> {
        fc: Linear<4, width>,
        out: Linear<7, 2>,
    }
}

#[test]
fn a_dimension_may_stay_open() {
    assert!(network!(Net<_>).unwrap().is_bound());
}
