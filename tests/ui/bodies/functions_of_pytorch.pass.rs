//! PyTorch's functions are told with methods, and layers are declared.
use netdsl::prelude::*;

const FOUR: usize = 4;

network! {
    struct Tower {
        fc: Linear<4, 4>,
    }

    struct Named {
        fc: Linear<4, 4>,
        tower: Tower,
        act: Relu,
    }

    fn forward(x: [4]) -> [4] {
        act(tower(fc(x)))
    }
}

network! {
    struct Net<d> {
        fc: Linear<4, d>,
        position: Embedding<32, _>,
        pool: MaxPool1d<3>(stride = 1, padding = 1),
        scale: Parameter<[d]>(value = 1.0),
    }

    fn forward(x: [t, 4]) -> [t, d] {
        let y = fc(x);
        let z = stack([y, y], 1).sum(1) + cat([y, y], 2).slice(2, ..d);
        let z = z.softmax(1) + y.relu() + y.gelu() + y.silu();
        let z = z + position(x.arange(1)) + z.randn_like();
        let z = z / d.sqrt() + FOUR.sqrt();
        select(z.relu().sign(), pool(z) * scale(), z)
    }
}
