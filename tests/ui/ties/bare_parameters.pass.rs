//! A layer that is a parameter itself is named as it is, any other with one of its parameters.
use netdsl::prelude::*;

network! {
    struct Layers {
        e: Linear<4, 4>,
        d: Linear<_, _>(weight = e.weight),
    }
}

network! {
    struct Sizes {
        g: Parameter<[4, 5]>(std = 0.1),
        d: Linear<_, 4>(weight = g),
        e: Linear<_, 5>(weight = g.t()),
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
        d: Linear<4, 4>(weight = b.fc.weight),
    }
}

network! {
    struct Takes {
        e: Linear<4, 4>,
        g: Parameter<[_]>(value = e.bias),
        h: Parameter<[_, _]>(value = e.weight),
    }

    fn forward(x: [4]) -> [4] {
        e(x).matmul(h()) + g()
    }
}

network! {
    struct Stacked {
        gs: [Parameter<[4, 4]>(std = 0.1); 2],
        d: Linear<_, _>(weight = gs[0]),
        e: Linear<_, _>(weight = gs[1]),
    }

    fn forward(x: [4]) -> [4] {
        e(d(x)).matmul(gs[0]()).matmul(gs[1]())
    }
}

network! {
    struct Later {
        first: Linear<_, _>(weight = inner.fc.weight),
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

network! {
    /// A size of a layer's name is meant where there is one.
    struct Grouped {
        c: Conv2d<c, c, 1>,
        d: Conv2d<c, 8, 1>(groups = c),
    }

    fn forward(x: [4, 2, 2]) -> [8, 2, 2] {
        d(c(x))
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Layers).unwrap().count_parameters(), 16 + 4 + 4);
    assert_eq!(network!(Sizes).unwrap().count_parameters(), 20 + 4 + 5);
    assert_eq!(network!(Takes).unwrap().count_parameters(), 16 + 4);
    assert_eq!(
        network!(Stacked).unwrap().count_parameters(),
        2 * 16 + 2 * 4
    );
    assert_eq!(network!(Later).unwrap().count_parameters(), 16 + 4 + 4);
    network!(Within).unwrap();
    network!(Grouped).unwrap();
}
