use netdsl::prelude::*;

network! {
    struct Net<channels, kernel> {
        conv: Conv2d<channels, 8, kernel>,
    }

    fn forward(image: [_, 28, 28]) {
        conv(image)
    }
}

fn main() {
    let _ = network!(Net<3, 0>);
}
