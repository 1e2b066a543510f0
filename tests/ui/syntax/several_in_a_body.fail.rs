use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
        blocks: [Linear<12, 12>; 2],
        out: Linear<_, 3>,
    }

    fn forward(x: [4]) -> [3] {
        let a = ;
        let b = fc x;
        for block in blocks {
            b = block(b)
        }
        let c = b +;
        let d = b.relu()
        let e = d.tanh();
        out(a b)
    }

    struct Next {
        fc: Linear<4, 7>,
        out: Linear<6, 3>,
    }
}

fn main() {}
