use netdsl::prelude::*;

network! {
    struct Joined {
        a: Linear<4, 40>,
        b: Linear<4, _>,
        head: Linear<42, 5>,
    }

    fn forward(x: [4]) -> [5] {
        head(cat([a(x), b(x)], 1))
    }

    struct BothWays {
        rnn: Lstm<_, _>(bidirectional = true),
        head: Linear<34, 5>,
    }

    fn forward(x: [7, 4]) -> [7, 5] {
        head(rnn(x).0)
    }

    struct Twice {
        fc: Linear<4, _>,
        head: Linear<34, 5>,
    }

    fn forward(x: [4]) -> [5] {
        let y = fc(x);
        head(cat([y, y], 1))
    }

    struct InRows {
        fc: Linear<4, _>,
        head: Linear<34, 5>,
    }

    fn forward(x: [4]) -> [5] {
        head(fc(x).reshape([2, _]).flatten())
    }

    struct Image {
        conv: Conv2d<_, 8, 3>,
        head: Linear<1800, 5>,
    }

    fn forward(x: [_, _, _]) -> [5] {
        head(conv(x).flatten())
    }

    struct Rows {
        conv: Conv2d<_, 8, 3>,
    }

    fn forward(x: [_, _, _]) -> [3, 8] {
        conv(x).reshape([3, 8])
    }
}
