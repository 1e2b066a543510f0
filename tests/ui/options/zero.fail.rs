use netdsl::prelude::*;

network! {
    struct Net {
        kernel: Conv2d<3, 8, 0>,
        stride: Conv2d<_, 8, 3>(stride = 0),
        dilation: Conv2d<_, 8, 3>(dilation = [1, 0]),
        up: ConvTranspose2d<_, 8, 3>(stride = 0),
        pool: MaxPool2d<0>,
        step: AvgPool2d<2>(stride = 0),
    }

    fn forward(image: [3, 28, 28]) {
        step(pool(up(dilation(stride(kernel(image))))))
    }
}

fn main() {}
