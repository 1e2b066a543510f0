//! Stacks that are reached again while they are gone through: their members stay the same layers.

use crate::training::check;
use netdsl::prelude::*;

network! {
    struct Pairs {
        blocks: [Linear<3, 3>; 2],
    }

    fn forward(x: [3]) -> [3] {
        let mut x = x;
        for a in blocks {
            for b in blocks {
                x = b(a(x)).tanh();
            }
        }
        x
    }
}

network! {
    struct Whole {
        blocks: [Linear<3, 3>; 3],
    }

    fn forward(x: [3]) -> [3] {
        let mut x = x;
        for a in blocks {
            x = blocks(a(x).tanh());
            x = blocks[1](x);
        }
        x
    }
}

network! {
    struct Jumps {
        blocks: [Linear<3, 3>; 2],
        more: [Linear<3, 3>; 2],
    }

    fn forward(x: [3]) -> [3] {
        let mut x = x;
        'rounds: for i in 0..3 {
            for (b, m) in blocks.iter().zip(more.iter().rev()) {
                x = b(m(x).tanh());
                if i == 0 {
                    continue 'rounds;
                }
                if i == 2 {
                    break 'rounds;
                }
            }
        }
        let mut i = 0;
        'again: loop {
            for b in blocks {
                i += 1;
                x = b(x).sin();
                if i == 3 {
                    break 'again;
                }
            }
        }
        x
    }
}

#[test]
fn members_are_the_same_layers_however_they_are_reached() {
    let (pairs, whole, jumps) = (
        network!(Pairs, seed = 1, dtype = f64).unwrap(),
        network!(Whole, seed = 2, dtype = f64).unwrap(),
        network!(Jumps, seed = 3, dtype = f64).unwrap(),
    );
    let rows = |summary: netdsl::Summary| summary.rows.len();
    assert_eq!((rows(pairs.summary()), pairs.summary().count().0), (2, 24));
    assert_eq!((rows(whole.summary()), whole.summary().count().0), (3, 36));
    assert_eq!((rows(jumps.summary()), jumps.summary().count().0), (4, 48));
    check(pairs, &[4, 3], &[4, 3]);
    check(whole, &[4, 3], &[4, 3]);
    check(jumps, &[4, 3], &[4, 3]);
}
