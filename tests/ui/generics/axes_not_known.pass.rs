//! Where a constant or a kind is given later, nobody knows how many axes there are: some are made one all the same.
use netdsl::prelude::*;

network! {
    struct Patches<const P: usize, width> {
        patch: Conv2d<_, width, P>(stride = P),
        head: Linear<width, 3>,
    }

    fn forward(image: [_, _, _]) -> [_, 3] {
        head(patch(image).flatten_axes(2, 3).transpose(1, 2))
    }

    struct Within<B: UnaryLayer> {
        body: B,
        head: Linear<_, 3>,
    }

    fn forward(image: [_, _, _]) -> [_, 3] {
        head(body(image).flatten_axes(-2, -1))
    }

    struct Kept<const P: usize> {
        conv: Conv2d<3, 8, P>,
    }

    fn forward(x: [3, 8, 8]) -> [8, _] {
        conv(x).flatten_axes(2, -1)
    }
}

fn main() {}
