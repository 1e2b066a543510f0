use netdsl::prelude::*;

// A layer may have the name of a size: which of the two is meant shows where it stands.
network! {
    struct Net {
        c: Conv2d<_, 4, 3>(padding = 1),
        h: [Conv2d<_, 4, 1>; 2],
        w: Lstm<_, 3>,
        n: Linear<n, 5>,
    }

    fn forward(x: [c, h, w]) -> [h, 5] {
        let y = h[1](h(c(x * (1.0 / c)))) / h.sqrt();
        let (y, _) = w(y.mean(1));
        n(y)
    }
}
