use netdsl::prelude::*;

network! {
    struct ByName {
        left: Linear<4, 8>,
        right: Linear<4, 8>,
    }

    fn forward(x: [n], y: [n]) -> [8] {
        left(x) + right(y)
    }

    struct OneInput {
        left: Linear<4, 8>,
        right: Linear<4, 8>,
    }

    fn forward(x: [_]) -> [8] {
        left(x) * right(x)
    }
}
