//! PyTorch's functions are told with methods, and layers are declared.
use netdsl::prelude::*;

network! {
    struct Net<d> {
        fc: Linear<4, d>,
    }

    fn forward(x: [t, 4]) -> [t, d] {
        let y = fc(x);
        let z = torch.cat([x, y], dim=-1) + torch::stack((x, y), 1);
        let z = F.softmax(z, dim=1) + F::relu(y) + torch.nn.functional.gelu(y) + F.SiLU(y);
        let z = z + torch.zeros(4) * torch.randn(2) + torch.arange(3) + arange(t);
        let z = z / math.sqrt(d) + math.sqrt(4);
        let loss = F.cross_entropy(z, y) + nn.MSELoss(z, y) + MseLoss(z, y);
        let z = MaxPool2d(2)(z) + nn.ReLU()(z) + Linear::new(4, 2)(z);
        z.max_pool2d(2, stride = 1) + self.d
    }
}

network! {
    struct Tower {
        fc: Linear<4, 4>,
    }

    struct Named {
        fc: Linear<4, 4>,
        act: Relu,
    }

    fn forward(x: [4]) -> [4] {
        Relu(Tower(fc(x)))
    }
}

network! {
    struct Unread {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let y = torch.where(x > 0, x, x);
        Linear<4, 4>(y)
    }
}

fn main() {}
