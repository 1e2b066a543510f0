use netdsl::prelude::*;

network! {
    struct Blk<c> {
        b: Linear<_, c>,
    }

    fn forward(i: [_]) -> [c] {
        b(i)
    }
}

network! {
    struct Mid<c> {
        x: Linear<_, 8>,
        y: Blk<c>,
    }

    fn forward(i: [c]) -> [c] {
        y(x(i)) + i
    }
}

network! {
    struct Net {
        m: Mid<4>,
        h: Linear<4, 2>,
    }

    fn forward(i: [4]) {
        h(m(i))
    }
}
