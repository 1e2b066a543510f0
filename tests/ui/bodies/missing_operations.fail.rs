//! PyTorch's operations that are none here are told with what they are made of.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 4>,
        attn: MultiheadAttention<4, 2>,
    }

    fn forward(x: [3, 4], index: [3]) -> [3, 4] {
        let y = fc(x);
        let a = y.topk(3, dim=1);
        let a = y.argmax(-1);
        let a = y.prod(2);
        let a = y.cumsum(dim=1);
        let a = y.gather(2, index.unsqueeze(2));
        let a = y.index_select(1, index);
        let a = y.scatter(1, index, y);
        let (a, _) = attn.forward_masked(y, y, y, None, y.triu(1));
        let a = y.roll(-1, 1);
        let a = y.outer(x);
        let a = y.softmin(1);
        let a = y.clip(0.0, 1.0);
        let a = y.clamp_min(-1);
        let a = y.maximum(0.0);
        let a = y.clamp_max(1.0);
        let a = y.mul(2.0);
        let a = y.ln();
        let a = y.log2() + y.log1p();
        let a = y.norm(2, 1);
        let a = y.select(1, 0);
        let a = y.item();
        let a = y.numel();
        let a = torch.argsort(y, 1);
        let a = F.pow(y, 2);
        einsum("ij,ij->i", x, y)
    }
}

network! {
    struct Functions {
        fc: Linear<4, 4>,
    }

    fn forward(x: [3, 4]) -> [3, 4] {
        let y = prod(fc(x), 1);
        pow(y, 2)
    }
}

fn main() {}
