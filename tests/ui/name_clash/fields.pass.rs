//! Layers and arguments may be called what generated code calls its own things.
use netdsl::prelude::*;

network! {
    struct Words {
        at: Linear<_, 3>,
        x: Linear<_, 3>,
        trace: Linear<_, 3>,
        scope: Linear<_, 3>,
        this: Linear<_, 3>,
        own: Linear<_, 3>,
        parts: Linear<_, 3>,
        path: Linear<_, 3>,
        definition: Linear<_, 3>,
        arguments: Linear<_, 3>,
        visit: Linear<_, 3>,
        stack: Linear<_, 3>,
        core: Linear<_, 3>,
        f: Linear<_, 3>,
        forward: Linear<_, 3>,
        bind: Linear<_, 3>,
        parameter: Linear<_, 3>,
        kind: Linear<_, 3>,
        run: Linear<_, 3>,
        sizes: Linear<_, 3>,
        storage: Linear<_, 3>,
        inputs: Linear<_, 3>,
        net: Linear<_, 3>,
        new: Linear<_, 3>,
        r#type: Linear<_, 3>,
    }
}

network! {
    struct Arguments {
        fc: Linear<_, 3>,
    }

    fn forward(at: [2], inputs: [2], definition: [2], outputs: [2], result: [2], trace: [2]) -> [3] {
        fc(at) + fc(inputs) + fc(definition) + fc(outputs) + fc(result) + fc(trace)
    }
}

network! {
    struct Dimensions<at, x, inputs, value> {
        a: Linear<at, x>,
        b: Linear<x, inputs>,
        c: Linear<inputs, value>,
    }

    fn forward(input: [at]) -> [value] {
        let x = a(input);
        c(b(x))
    }
}

#[test]
fn names_stay_apart() {
    let net = network!(Words).unwrap();
    net.bind([5]).unwrap();
    assert_eq!(net.at.get().unwrap().weight().shape(), [3, 5]);
    assert_eq!(net.parameter("type.weight").unwrap().shape(), [3, 3]);
    let net = network!(Arguments).unwrap();
    assert_eq!(net.parameter("fc.weight").unwrap().shape(), [3, 2]);
    let net = network!(Dimensions<2, 3, 4, 5>).unwrap();
    assert_eq!(net.parameter("b.weight").unwrap().shape(), [4, 3]);
}
