//! PyTorch's calls are told with the whole line to write, which computes the same.
use netdsl::prelude::*;

network! {
    struct Receivers {
        a: Linear<_, 4>,
        b: Linear<_, 4>,
    }

    fn forward(x: [3, 4]) -> [3, 4] {
        let y = F.relu(a(x) + b(x));
        let y = y + torch.exp(-y) * torch.pow(y -1.0, 2);
        let y = y + torch.softmax(0.5 * y, dim=-1) + F.leaky_relu(y as Tensor, 0.1);
        relu(y * (y - 1.0))
    }
}

network! {
    struct Axes {
        a: Linear<_, 4>,
    }

    fn forward(x: [3, 4]) -> [3, 4] {
        let y = x / x.norm(p=2, dim=1, keepdim=True) + x.norm(1, 1);
        let y = y - y.mean(-1, True) + y.sum(dim=(1, 2), keepdim=True);
        let y = y - y.max(dim=1)[0] + torch.min(y, 1)[0] + y.max(dim=2).values;
        let y = y.softmax(dim=2).clamp(min=0).clamp(max=1) + torch.norm(y, 1);
        a(F.normalize(y, dim=1)) + F.cosine_similarity(x, y, dim=2)
    }
}

network! {
    struct Functions {
        a: Conv2d<_, 4, 3>,
    }

    fn forward(x: [1, 8, 8]) -> _ {
        let y = F.max_pool2d(F.relu(a(x)), 2);
        let y = F.dropout(y, p=0.5, training=self.training) + F.gelu(y, approximate="tanh");
        let y = F.pad(y, (1, 0)) + F.pad(y, (1, 1), mode="reflect") + torch.permute(y, 0, 1, 3, 2);
        let y = F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False);
        let y = F.scaled_dot_product_attention(y, y, y) + F.max_pool2d(y, 3, stride=2);
        let y = nn.Sequential(nn.Linear(3, 4), nn.ReLU())(y) + F.grid_sample(y, y) + F.one_hot(y, 10);
        let y = torch.bmm(y, y.t()) + torch.var(y, 1, False) + torch.reshape(y, (-1, 4));
        torch.flatten(y, 1)
    }
}

network! {
    struct Powers<d> {
        a: Linear<d, 4>,
    }

    fn forward(x: [3, d]) -> [3, 4] {
        let mut y = a(x ** 0.5) * d ** -0.5;
        y.add_(1);
        y.mul_(y + 1.0);
        y.clamp_(0, 1);
        y = y.squeeze().squeeze() / x.shape[1];
        (y - 1.0) ** 3
    }
}

network! {
    struct Options {
        drop: Dropout(0.5),
        act: LeakyRelu(0.1),
        norm: GroupNorm(0.5),
    }
}

fn main() {}
