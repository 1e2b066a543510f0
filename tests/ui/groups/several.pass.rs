//! A number of groups that divides neither the one nor the other is wrong once.
use netdsl::prelude::*;

network! {
    struct Grouped {
        stem: Conv2d<3, 8, 3>,
        conv: Conv2d<_, 16, 3>(groups = 4),
    }

    fn forward(image: [3, 9, 9]) -> [16, 5, 5] {
        conv(stem(image))
    }
}

#[test]
fn builds() {
    assert!(network!(Grouped).unwrap().is_bound());
}
