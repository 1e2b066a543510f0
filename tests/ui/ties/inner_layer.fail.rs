//! A tie leads to a layer that there is.
use netdsl::prelude::*;

network! {
    struct Inner {
        fc: Linear<4, 4>,
        act: Relu,
        more: [Linear<4, 4>; 2],
    }

    struct Outer {
        inner: Inner,
        stack: [Inner; 2],
        a: Linear<4, 4>(weight = inner.fcc.weight),
        b: Linear<4, 4>(weight = inner.fc.fc.weight),
        c: Linear<4, 4>(weight = inner.more[2].weight),
        d: Linear<4, 4>(weight = inner.more.weight),
        e: Linear<4, 4>(weight = inner.fc[0].weight),
        f: Linear<4, 4>(weight = stack[2].fc.weight),
        g: Linear<4, 4>(weight = inner.fc.wait),
    }

    struct Within {
        before: Linear<4, 4>(weight = inner.more.fc.weight),
        inner: Inner,
    }
}

network! {
    struct Coder {
        encode: Linear<8, 4>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }

    struct Early {
        before: Linear<8, 4>(weight = coder.decode.weight.t()),
        after: Linear<4, 8>,
        coder: Coder,
        last: Linear<8, 4>(weight = coder.decode.weight.t()),
    }
}

fn main() {}
