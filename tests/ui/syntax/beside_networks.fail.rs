//! What belongs outside of `network!`, or is written otherwise in it.
use netdsl::prelude::*;

network! {
    const WIDTH: usize = 3;

    struct Public {
        fc: Linear<3, 4>,
    }

    pub fn forward(x: [3]) -> [4] {
        fc(x)
    }
}

network! {
    struct Implemented {
        fc: Linear<3, 4>,
    }

    impl Implemented {
        fn forward(x: [3]) -> [4] {
            fc(x)
        }
    }
}

network! {
    struct Ended {
        fc: Linear<3, 4>,
    };

    fn forward(x: [3]) -> [4] {
        fc(x)
    }
}

network! {
    use std::mem;

    struct Commented {
        fc: Linear<3, 4>, # a layer
        last: Linear<_, 2>,
    }

    fn forward(x: [3]) -> [4] {
        last(fc(x))
    }

    fn forward(x: [3]) -> [4] {
        fc(x)
    }
}

network! {
    struct Defined {
        fc: Linear<3, 4>,
    }

    def forward(x: [3]) -> [4] {
        fc(x)
    }

    struct Unnamed(Linear<3, 4>);
}

network! {
    class Other {
        fc: Linear<3, 4>,
    }

    struct Lines {
        act: Relu;
        last: Linear<3, 2>,
    }
}

network! {
    # a network
    struct Hashed {
        fc: Linear<3, 4>,
    }
}

fn main() {}
