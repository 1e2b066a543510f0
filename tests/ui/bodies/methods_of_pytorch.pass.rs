//! PyTorch's methods are told with the operations there are.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 4>,
        conv: Conv2d<1, 2, 3>,
        attn: MultiheadAttention<4, 2>,
    }

    fn forward(x: [t, 4], image: [1, _, _]) -> [t, 4] {
        let y = fc(x);
        let z = y.matmul_transposed(y).square().powf(2.0).softmax(1).mean_all();
        let parts = y.chunk(-1);
        let [a, b] = parts;
        let a = a * parts[0];
        let y = cat([a.relu(), b], 2) + conv(image).max_pool2d(2).adaptive_avg_pool2d(1).flatten().sum(1).unsqueeze(1).unsqueeze(1);
        let y = select(y.relu().sign(), y, x) + z;
        let (z, _) = attn.forward_masked(y, y, y, None, Some(Mask::causal(y)));
        z
    }
}
