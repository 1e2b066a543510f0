//! Python's ways of writing are told with Rust's.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<2, 4>,
    }

    fn forward(x: [3, 2]) -> [_] {
        let y = fc(x).view(-1, 12);
        let y = y.reshape(3, 4).permute(0, 2, 1).mean(1, -1);
        let z = cat([y, y]);
        let z = cat((y, z), 1);
        let z = torch.relu(z) ** 2;
        for _ in range(3) {
            z = z.relu();
        }
        z
    }
}

network! {
    struct Indexed {
        fc: Linear<2, 4>,
    }

    fn forward(x: [3, 2]) -> [_] {
        let y = fc(x)[:, 0];
        let z = y @ y;
        fc(x[.., 0] + z)
    }
}

network! {
    struct Places {
        named: Conv2d<in_channels = 1, 8, 3>,
        by_place: Conv2d<_, 8, 3>(1, 1),
        dropout: Dropout(0.5),
    }
}

fn main() {}
