use netdsl::prelude::*;

network! {
    struct Net<channels, kernel> {
        conv: Conv2d<channels, 8, kernel>,
    }

    fn forward(image: [_, 28, 28]) {
        conv(image)
    }
}

#[test]
fn a_kernel_is_given() {
    let net = network!(Net<3, 5>).unwrap();
    assert_eq!(
        net.forward(ndarray::Array4::zeros((1, 3, 28, 28)))
            .unwrap()
            .shape(),
        [1, 8, 24, 24]
    );
}
