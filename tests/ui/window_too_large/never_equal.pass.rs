//! With padding an image keeps its size, whatever that is; without, what is left may be broadcast.
use ndarray::Array4;
use netdsl::prelude::*;

network! {
    struct Denoiser {
        enter: Conv2d<1, 8, 3>(padding = 1),
        leave: Conv2d<_, 1, 5>(padding = "same"),
    }

    fn forward(image: [1, height, width]) -> [1, height, width] {
        leave(enter(image).relu()).reshape([1, height * width]).reshape([1, height, width])
    }

    struct Context {
        all: Conv2d<1, 1, 5>,
    }

    fn forward(image: [1, height, width]) -> [1, _, _] {
        image + all(image)
    }
}

#[test]
fn images_of_any_size() {
    let net = network!(Denoiser).unwrap();
    for (height, width) in [(5, 7), (1, 1)] {
        let y = net
            .forward(Array4::<f32>::ones((2, 1, height, width)))
            .unwrap();
        assert_eq!(y.shape(), [2, 1, height, width]);
    }
    let net = network!(Context).unwrap();
    let y = net.forward(Array4::<f32>::ones((2, 1, 5, 5))).unwrap();
    assert_eq!(y.shape(), [2, 1, 5, 5]);
}
