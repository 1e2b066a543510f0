use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 4>,
        attn: MultiheadAttention<4, 2>,
        table: Parameter<[5, 4]>(std = 1.0),
    }

    fn forward(x: [3, 4], index: [3]) -> [3, 4] {
        let y = fc(x);
        let _: Tensor = y.amax(1);
        let _: Tensor = (y.square() + 1.0).log().sum(2).exp();
        let mut sum = y.select_index(1, 0);
        let mut sums = [sum; 3];
        for i in 1..3 {
            sum += y.select_index(1, i as i64);
            sums[i] = sum;
        }
        let a = stack(sums, 1);
        let _: Tensor = y.pick(index, 2, None) + y.pick(index, 1, None).sum(1);
        let b = table().gather(index) + y.select_index(1, 0).unsqueeze(1);
        let c = select(index.unsqueeze(2), y, x);
        let (d, _) = attn.forward_masked(y, y, y, None, Some(Mask::causal(y)));
        let e = cat([y.slice(1, 1..), y.slice(1, ..1)], 1);
        let f = (y.sum(2).unsqueeze(2) * x.sum(2).unsqueeze(1)).matmul(y);
        let g = (-y).softmax(1);
        let h = y.clamp(0.0, 1.0) + y.clamp(-1.0, f64::INFINITY) + y.relu() + y.clamp(-f64::INFINITY, 1.0);
        let i = y * 2.0 + y.log() + y.log() * 1.4426950408889634 + (y + 1.0).log();
        let j = y.norm(1).unsqueeze(1) + y.select_index(1, 0).unsqueeze(1) + y.square();
        a + b + c + d + e + f + g + h + i + j + (x * y).sum(2).unsqueeze(2)
    }
}

network! {
    struct Functions {
        fc: Linear<4, 4>,
    }

    fn forward(x: [3, 4]) -> [3, 4] {
        let y = fc(x).log().sum(1).exp().unsqueeze(1).expand([3, _]);
        y.square()
    }
}

fn main() {}
