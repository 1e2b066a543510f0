//! What only a network around this one could tell is an error where it is built by itself.
use netdsl::prelude::*;

network! {
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

    fn forward(x: [4]) -> [_] {
        top(body(x))
    }
}

fn main() -> Result<(), Error> {
    let _ = network!(Sole)?;
    let _ = network!(Head)?;
    let _ = network!(Nested)?;
    Ok(())
}
