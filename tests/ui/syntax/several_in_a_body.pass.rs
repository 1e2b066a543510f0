use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
        blocks: [Linear<12, 12>; 2],
        out: Linear<_, 3>,
    }

    fn forward(x: [4]) -> [3] {
        let a = x;
        let mut b = fc(a);
        for block in blocks {
            b = block(b)
        }
        let c = b + b;
        let d = c.relu();
        let e = d.tanh();
        out(e)
    }

    struct Next {
        fc: Linear<4, 7>,
        out: Linear<7, 3>,
    }
}

fn main() {}
