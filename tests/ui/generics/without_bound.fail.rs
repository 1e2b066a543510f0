// The bounds of a type parameter are the user's, and reach what is generated.
use netdsl::prelude::*;

trait Small {}

network! {
    struct Pair<B: UnaryLayer>
    where
        B: Small,
    {
        first: B,
    }
}

fn main() {
    let _ = network!(Pair::<Relu>);
}
