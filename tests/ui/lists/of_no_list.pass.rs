use netdsl::prelude::*;

network! {
    fn repeated(x: Tensor, sizes: Arg) -> Tensor {
        x.expand(sizes)
    }

    struct Net {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4, 4]) -> [4, 4] {
        let y = fc(x).relu();
        y.transpose(1, 2) + y.matmul(y)
    }

    struct Alone {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4, 1]) -> [4, 4] {
        fc(repeated(x, [4, 4]).permute([0, 2, 1]).norm([1, 2]).unsqueeze(1).unsqueeze(1).expand([4, 4]))
    }
}

pub fn main() {}
