//! Lists hold sizes, and parts of a tensor are taken along an axis.
use netdsl::prelude::*;

network! {
    struct Net<heads> {
        fc: Linear<4, 8>,
        lstm: Lstm<_, 8>,
    }

    fn forward(x: [t, 4]) -> [8] {
        let y = fc(x).view(-1);
        let y = fc(x).view(x.size(0), -1);
        let y = fc(x).view(batch, -1) + fc(x).reshape(x.shape[0], t, heads, -1) + fc(x).view([-1, 4]);
        let y = fc(x).reshape(8) + fc(x).view((2, -1)) + fc(x).view(anything);
        let steps = x.size(1);
        let y = fc(x).reshape([x.size(0), steps, 8]) + y / steps;
        let (batch, steps) = x.shape;
        let (batch, steps) = x.size();
        let (y, (h, _)) = lstm(fc(x));
        let steps = y.shape[1];
        let y = y[-1] + h[-1] + x[0];
        y.T
    }
}

fn main() {}
