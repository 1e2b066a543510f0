//! A loop goes through a stack as through an array, and calls all of its members.
use netdsl::prelude::*;

network! {
    struct Adapters {
        blocks: [Linear<4, 4>; 2],
    }

    fn forward(mut x: [4]) -> [4] {
        for block in blocks.iter() {
            x = block(x);
        }
        for block in blocks.iter().rev() {
            x = block(x);
        }
        for (i, block) in blocks.iter().enumerate() {
            if i > 0 {
                x = block(x);
            }
        }
        x
    }
}

network! {
    struct Lengths {
        downs: [Linear<4, 4>; 3],
        ups: [Linear<4, 4>; 3],
    }

    fn forward(mut x: [4]) -> [4] {
        for (down, up) in downs.iter().zip(ups.iter().rev()) {
            x = up(down(x));
        }
        x
    }
}

network! {
    struct Values {
        blocks: [Linear<4, 4>; 2],
    }

    fn forward(x: [4]) -> [4] {
        let (mut y, values) = (x, [x, 2.0 * x]);
        for (block, value) in blocks.iter().zip(values) {
            y = block(y) + value;
        }
        y
    }
}

network! {
    struct Sizes {
        downs: [Linear<4, 5>; 2],
        ups: [Linear<5, 4>; 2],
    }

    fn forward(mut x: [4]) -> [4] {
        for (down, up) in downs.iter().zip(ups).rev() {
            x = up(down(x));
        }
        x
    }
}

#[test]
fn builds() {
    assert_eq!(
        network!(Adapters).unwrap().blocks[1].weight().shape(),
        [4, 4]
    );
    assert_eq!(network!(Lengths).unwrap().count_parameters(), 6 * 20);
    assert_eq!(network!(Sizes).unwrap().count_parameters(), 2 * (25 + 24));
}
