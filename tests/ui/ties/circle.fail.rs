//! A parameter must be some layer's own.
use netdsl::prelude::*;

network! {
    struct Circle {
        a: Linear<4, 4>(weight = b.weight),
        b: Linear<4, 4>(weight = c.weight.t()),
        c: Linear<4, 4>(weight = a.weight),
        d: Linear<4, 4>(weight = a.weight),
        e: Linear<4, 4>(weight = e.weight.t()),
        f: Linear<4, 4>(bias = a.bias, bias = b.bias),
    }
}

fn main() {}
