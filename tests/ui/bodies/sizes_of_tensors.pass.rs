//! Sizes have names, lists hold them, and parts of a tensor are taken along an axis.
use netdsl::prelude::*;

network! {
    struct Net<heads> {
        fc: Linear<4, 8>,
        lstm: Lstm<_, 8>,
    }

    fn forward(x: [t, 4]) -> [8] {
        let y = fc(x).reshape([t, heads, _]).reshape([t, 8]).reshape([_]).reshape([t, 8]) / t;
        let (y, (h, _)) = lstm(y);
        let z = y.transpose(1, 2).select_index(2, -1);
        y.select_index(1, -1) + h.select_index(1, -1) + z
    }
}
