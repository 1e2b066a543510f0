use netdsl::prelude::*;

network! {
    struct Net {
        stem: Conv2d<3, 9, 3>,
        conv: Conv2d<9, 8, 3>,
        norm: GroupNorm<4, 8>,
        up: ConvTranspose2d<8, 6, 3>(groups = 2),
    }

    fn forward(image: [3, 32, 32]) {
        up(norm(conv(stem(image))))
    }
}
