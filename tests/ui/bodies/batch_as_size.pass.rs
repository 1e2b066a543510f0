use netdsl::prelude::*;

network! {
    struct Batched {
        conv: Conv2d<1, 2, 3>,
        fc: Linear<_, 10>,
    }

    fn forward(image: [1, 8, 8]) -> [10] {
        let x = conv(image);
        fc(x.reshape([-1]))
    }
}
