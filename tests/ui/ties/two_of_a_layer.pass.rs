use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        b: Linear<4, 8>(weight = a.weight, bias = a.bias),
    }

    fn forward(x: [4]) -> [8] {
        a(x) + b(x)
    }
}
