use netdsl::prelude::*;

network! {
    #[eager]
    struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, 28]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        head(fc1(x).relu())
    }
}

fn main() {}
