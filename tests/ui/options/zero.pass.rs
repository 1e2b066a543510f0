use netdsl::prelude::*;

network! {
    struct Net {
        kernel: Conv2d<3, 8, 3>,
        stride: Conv2d<_, 8, 3>(stride = 1),
        dilation: Conv2d<_, 8, 3>(dilation = [1, 2]),
        up: ConvTranspose2d<_, 8, 3>(stride = 1),
        pool: MaxPool2d<2>,
        step: AvgPool2d<2>(stride = 1),
    }

    fn forward(image: [3, 28, 28]) {
        step(pool(up(dilation(stride(kernel(image))))))
    }
}
