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
        a: Linear<4, 4>(weight = inner.fc.weight),
        c: Linear<4, 4>(weight = inner.more[1].weight),
        f: Linear<4, 4>(weight = stack[1].fc.weight.t()),
    }

    struct Within {
        before: Linear<4, 4>(weight = inner.more[0].weight),
        inner: Inner,
    }
}

network! {
    struct Coder {
        encode: Linear<8, 4>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }

    struct Early {
        before: Linear<8, 4>(weight = coder.encode.weight),
        after: Linear<4, 8>,
        coder: Coder,
        last: Linear<8, 4>(weight = coder.decode.weight.t()),
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Outer).unwrap().count_parameters(), 3 * 60 + 3 * 4);
    let net = network!(Early).unwrap();
    assert_eq!(net.count_parameters(), 32 + 4 + 8 + 4 + 40 + 4);
    assert_eq!(
        net.parameter("last.weight").unwrap(),
        net.coder.encode.weight()
    );
    assert_eq!(network!(Within).unwrap().count_parameters(), 60 + 4);
}
