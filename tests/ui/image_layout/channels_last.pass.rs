use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<_, 6, 3>,
    }

    fn forward(image: [28, 28, 3]) {
        conv(image.permute([0, 3, 1, 2]))
    }
}

// What a body makes has the channels that it says, however few columns there are.
network! {
    struct Generator {
        fc: Linear<_, 1024>,
        conv: Conv2d<_, 8, 3>(padding = 1),
    }

    fn forward(z: [_]) -> [8, 4, 4] {
        conv(fc(z).reshape([64, 4, 4]))
    }
}
