//! A layer that is a parameter itself is named as it is, any other with one of its parameters.
use netdsl::prelude::*;

network! {
    struct Layers {
        e: Linear<4, 4>,
        d: Linear<_, _>(weight = e),
    }
}

network! {
    struct Named {
        g: Parameter<[4, 4]>(std = 0.1),
        d: Linear<_, _>(weight = g.value),
    }

    fn forward(x: [4]) -> [4] {
        d(x) + g().sum(0)
    }
}

network! {
    struct Sizes {
        g: Parameter<[4, 5]>(std = 0.1),
        d: Linear<_, 6>(weight = g),
        e: Linear<_, 4>(weight = g.t()),
    }

    fn forward(x: [5], y: [4]) -> ([_], [_]) {
        (d(x), e(y))
    }
}

network! {
    struct Inner {
        fc: Linear<4, 4>,
    }

    struct Within {
        b: Inner,
        d: Linear<4, 4>(weight = b.fc),
    }
}

network! {
    struct Takes {
        e: Linear<4, 4>,
        g: Parameter<[_]>(std = e.bias),
        h: Parameter<[_]>(value = e.weight),
    }

    fn forward(x: [4]) -> [4] {
        e(x) + g() + h()
    }
}

network! {
    struct Circle {
        e: Parameter<[4]>(value = g),
        g: Parameter<[4]>(value = e),
    }

    fn forward(x: [4]) -> [4] {
        x + g() + e()
    }
}

network! {
    struct Stacked {
        gs: [Parameter<[4, 4]>(std = 0.1); 2],
        d: Linear<_, _>(weight = gs),
        e: Linear<_, _>(weight = gs[2]),
    }

    fn forward(x: [4]) -> [4] {
        e(d(x)).matmul(gs[0]()).matmul(gs[1]())
    }
}

network! {
    struct Later {
        first: Linear<_, _>(weight = inner.w),
        inner: Taking,
    }

    struct Taking {
        fc: Linear<4, 4>,
        w: Parameter<[_, _]>(value = fc.weight),
    }

    fn forward(x: [4]) -> [4] {
        fc(x).matmul(w())
    }
}

fn main() {}
