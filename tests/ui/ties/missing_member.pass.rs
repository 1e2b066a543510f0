//! A member that a tie leads to is there.
use netdsl::prelude::*;

network! {
    struct Body {
        wte: Embedding<7, 4>,
    }

    struct Net {
        bodies: [Body; 2],
        mix: Linear<8, 4>,
        head: Linear<_, _>(weight = bodies[1].wte.weight, bias = false),
    }

    fn forward(tokens: [3]) -> [3, 7] {
        head(mix(cat([bodies[0](tokens), bodies[1](tokens)], 2)))
    }
}

#[test]
fn builds() {
    let net = network!(Net).unwrap();
    assert_eq!(net.count_parameters(), 2 * 28 + 36);
    assert_eq!(
        net.parameter("head.weight").unwrap(),
        net.parameter("bodies.1.wte.weight").unwrap()
    );
}
