//! Python's ways of writing are told with Rust's.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<2, 4>,
        dropout: Dropout(p = 0.5),
    }

    fn forward(x: [3, 2]) -> [_] {
        let y = fc(x).reshape([12]).reshape([3, 4]);
        let y = y.permute([0, 2, 1]).mean([1]);
        let z = cat([y, y], 1);
        let mut z = cat([y, z], 1).relu().square();
        for _ in 0..3 {
            z = z.relu();
        }
        dropout(z)
    }

    struct Indexed {
        fc: Linear<2, 4>,
    }

    fn forward(x: [3, 2]) -> [_] {
        let y = fc(x);
        let z = y.matmul_transposed(y).select_index(1, 0);
        fc(x.select_index(1, 0)).sum(1).unsqueeze(1) + z
    }

    struct Places {
        named: Conv2d<1, 8, 3>(stride = 1),
    }
}
