use netdsl::prelude::*;

network! {
    struct Signals {
        conv: Conv1d<12, 6, 3>,
    }

    fn forward(signal: [500, 12]) {
        conv(signal.permute([0, 2, 1]))
    }
}

network! {
    struct Images {
        conv: Conv2d<3, 6, 3>,
    }

    fn forward(image: [28, 28, 3]) {
        conv(image.permute([0, 3, 1, 2]))
    }
}

network! {
    struct Volumes {
        conv: Conv3d<2, 6, 3>,
    }

    fn forward(volume: [16, 16, 16, 2]) {
        conv(volume.permute([0, 4, 1, 2, 3]))
    }
}
