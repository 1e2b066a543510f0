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
        let z = y.bmm(y.t()).contiguous().pow(2);
        let z = conv(image).max_pool2d([2, 2]).adaptive_avg_pool2d((1, 1)).softmax([1]);
        let (a, b) = y.chunk(2, 1);
        let (a, b) = y.chunk(-1);
        let (a, b) = y.split(2, dim=-1);
        let parts = y.chunk(2);
        let w = parts[0] + parts[1];
        let z = z.repeat(1, 2).relu_().squeeze() + y.mean() + y.sum() + y.flatten(1);
        let mask = y > 0;
        let z = y.masked_fill(y == 0, -1e9) + y.gt(0);
        let z = if y.sum(1) > 0.0 { y } else { x };
        let (z, _) = attn(z, z, z, is_causal = true);
        z
    }
}

fn main() {}
