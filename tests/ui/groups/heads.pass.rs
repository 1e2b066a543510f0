use netdsl::prelude::*;

network! {
    struct Gpt<width, heads> {
        embed: Linear<_, width>,
        attention: MultiheadAttention<width, heads>,
    }

    fn forward(x: [5, 3]) -> [5, width] {
        let x = embed(x);
        let (y, _) = attention(x, x, x);
        y
    }

    // The width follows from what arrives: it is the number of heads that can be edited.
    struct Follows {
        embed: Linear<_, 10>,
        attention: MultiheadAttention<_, 5>,
    }

    fn forward(x: [5, 3]) -> [5, 10] {
        let x = embed(x);
        let (y, _) = attention(x, x, x);
        y
    }

    struct Written {
        layer: TransformerEncoderLayer<9, 3>,
    }
}

fn main() {
    let _ = network!(Gpt<12, 4>);
    let _ = network!(Gpt<_, 5>);
}
