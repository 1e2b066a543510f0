use netdsl::prelude::*;

network! {
    /// Called for some members of a stack only, if it is.
    struct Flagged<const MORE: bool> {
        blocks: [Linear<4, 4>; 3],
        between: Linear<4, 4>,
    }

    fn forward(mut x: [4]) -> [4] {
        for block in blocks {
            x = block(x);
            if MORE {
                x = between(x);
            }
        }
        x
    }

    struct Counted<depth> {
        blocks: [Linear<4, 4>; depth],
        between: Linear<4, 4>,
    }

    fn forward(mut x: [4]) -> [4] {
        let mut i = 0;
        for block in blocks {
            if i > 0 {
                x = between(x);
            }
            x = block(x);
            i += 1;
        }
        x
    }

    struct Both<const MORE: bool, depth> {
        blocks: [Linear<4, 4>; depth],
        between: Linear<4, 4>,
    }

    fn forward(mut x: [4]) -> [4] {
        for block in blocks {
            x = block(x);
            if MORE {
                x = between(x);
            }
        }
        x
    }
}

fn main() {
    let _ = network!(Flagged::<false>);
    let _ = network!(Counted<1>);
    let _ = network!(Both::<true><2>);
}
