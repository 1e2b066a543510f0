use netdsl::prelude::*;

network! {
    struct Net {
        conv1: Conv2d<3, 8, 3>,
        norm1: BatchNorm2d<8>,
    }
}
