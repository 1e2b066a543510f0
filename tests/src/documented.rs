//! Networks of which the tests read the documentation.

use netdsl::prelude::*;

network! {
    /// Images of any size and number of channels.
    pub struct Encoder {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc: Linear<_, 120>,
    }

    fn forward(image: [_, _, _]) -> [120] {
        let x = conv1(image).relu().max_pool2d(2);
        fc(conv2(x).relu().max_pool2d(2).flatten())
    }
}

network! {
    /// Images of one size, with a part, a stack, an absent layer, a tie and a keyword.
    pub struct Whole {
        encoder: Encoder,
        blocks: [Linear<_, 120>(bias = false); 3],
        dropout: Option<Dropout>(when = 1 > 2),
        r#type: Linear<_, _>(weight = head.weight.t(), bias = false),
        head: Linear<_, 10>,
    }

    fn forward(image: [3, 32, 32]) -> [_] {
        let x = dropout(blocks(encoder(image)));
        r#type(head(x))
    }
}

network! {
    /// Sequences of any length.
    pub struct Tagger<classes> {
        embed: Embedding<50, 8>,
        lstm: Lstm<_, 16>,
        out: Linear<_, classes>,
    }

    fn forward(words: [t]) -> [t, classes] {
        let (h, _) = lstm(embed(words));
        out(h)
    }
}

network! {
    /// A layer of any kind, and a width.
    pub struct Around<B: UnaryLayer, const WIDTH: usize> {
        before: Linear<4, 8>,
        inner: B,
        after: Linear<_, WIDTH>,
    }
}

network! {
    /// A layer of any kind beside the identity.
    pub struct Beside<B: UnaryLayer> {
        inner: B,
    }

    fn forward(x: [t, n]) -> [t, n] {
        x + inner(x)
    }

    /// Learned places, which have no batch, and a kind that is given.
    pub struct Placed {
        words: Embedding<50, 8>,
        places: Embedding<16, _>,
        given: Beside::<Linear>,
    }

    fn forward(tokens: [5]) -> [5, 8] {
        given(words(tokens) + places(tokens.arange(1)))
    }
}
