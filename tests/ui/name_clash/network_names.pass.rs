//! Networks may have the names of layers and of types of the library.
use netdsl::network;

network! {
    struct Linear {
        inner: netdsl::layer::Linear<_, 3>,
    }
}

network! {
    struct Tensor {
        first: Linear,
    }
}

network! {
    struct Element {
        first: Tensor,
        second: netdsl::layer::Linear<3, 1>,
    }
}
