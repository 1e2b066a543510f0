//! A parameter is that of a layer of this network, or of one within.
use netdsl::prelude::*;

network! {
    struct Layers {
        encode: Linear<_, 8>,
        decode: Linear<_, _>(weight = encode.weight.t()),
        stack: [Linear<8, 8>; 2],
        out: Linear<8, 8>(weight = stack[0].weight),
        more: Linear<8, 8>(weight = encode.weight),
        own: [Linear<8, 8>(weight = stack[1].weight); 2],
        some: Option<Linear<8, 8>>(when = cfg!(test)),
        last: Linear<8, 8>,
    }

    fn forward(x: [8]) -> [8] {
        last(some(own(more(out(stack(decode(encode(x))))))))
    }
}

network! {
    struct Words {
        stack: [Linear<8, 8>; 2],
        out: Linear<_, _>(weight = stack[0].weight),
    }
}

#[test]
fn builds() {
    let biases = 9 + usize::from(cfg!(test));
    let weights = 4 + usize::from(cfg!(test));
    assert_eq!(
        network!(Layers).unwrap().count_parameters(),
        weights * 64 + biases * 8
    );
    assert_eq!(network!(Words).unwrap().count_parameters(), 2 * 72 + 8);
}
