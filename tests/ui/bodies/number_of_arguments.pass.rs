//! Layers are called with as many arguments as they take, which may be of any types.
use netdsl::prelude::*;

network! {
    struct Both<width> {
        fc: Linear<_, width>,
    }

    fn forward(x: [_, _], y: [_, _]) -> [_, width] {
        fc(x) + fc(y)
    }

    struct Net {
        fc: Linear<4, 8>,
        lstm: Lstm<_, 8>,
        attention: MultiheadAttention<8, 2>,
        gain: Parameter<[8]>,
        both: [Both<8>; 2],
        mix: Option<Linear<8, 8>>(when = true),
        sum: Sum,
    }

    fn forward(x: [5, 4]) -> [5, 8] {
        let mut y = fc(x) * gain();
        let (z, state) = lstm(y);
        let (z, _) = lstm.forward_from(z, state);
        let (z, _) = attention(z, z, z);
        y += both[0](z, y) + mix(z) * 2.0;
        for both in both {
            y = both(y, z);
        }
        let all = [y, z, fc(x)];
        sum(all) + fc.over(1)(x) + sum.first_two(&all)
    }
}

netdsl::layer! {
    struct Sum;
}

impl Sum {
    /// Any number of tensors.
    const fn forward<'t, const COUNT: usize>(
        self,
        _at: Scope<'t>,
        all: [Tensor<'t>; COUNT],
    ) -> Tensor<'t> {
        let (mut sum, mut i) = (all[0], 1);
        while i < COUNT {
            sum = sum.add(all[i]);
            i += 1;
        }
        sum
    }

    const fn first_two<'t>(&self, _at: Scope<'t>, all: &[Tensor<'t>]) -> Tensor<'t> {
        all[0].add(all[1])
    }
}

network! {
    struct InOrder {
        hidden: Linear<_, 8>,
        head: Linear<_, 2>,
    }
}

network! {
    struct OfAKind<B: UnaryLayer> {
        layer: B,
    }

    fn forward(x: [_]) {
        layer(x)
    }
}
