//! What only a network around this one could tell is an error where it is built by itself.
use netdsl::prelude::*;

network! {
    #[loaded]
    struct Sole {
        fc: Linear<_, _>,
    }

    struct Head {
        hidden: Linear<_, 3>,
        head: Linear<_, _>,
    }

    fn forward(x: [4]) -> [_] {
        head(hidden(x).relu())
    }

    struct Nested {
        body: Linear<4, 4>,
        top: Head,
    }

    fn forward(x: [4]) -> [2] {
        top(body(x))
    }

    struct Around {
        fc: Linear<_, _>,
    }

    fn forward(x: [_]) -> [_] {
        x + fc(x)
    }
}

#[test]
fn builds() {
    assert!(!network!(Sole).unwrap().is_bound());
    assert!(network!(Nested).unwrap().is_bound());
    network!(Around).unwrap().bind([3]).unwrap();
}
