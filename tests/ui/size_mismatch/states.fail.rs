use netdsl::prelude::*;

network! {
    struct Encoder {
        gru: Gru<4, 8>(num_layers = 2),
    }

    fn forward(x: [_, 4]) -> [2, 8] {
        let (_, states) = gru(x);
        states
    }
}

network! {
    struct Shallow {
        encoder: Encoder,
        decoder: Gru<4, 8>,
    }

    fn forward(x: [_, 4], y: [n, 4]) -> [n, 8] {
        let (y, _) = decoder.forward_from(y, encoder(x));
        y
    }
}

network! {
    struct BothWays {
        encoder: Encoder,
        decoder: Lstm<4, 6>(num_layers = 3, bidirectional = true),
    }

    fn forward(x: [_, 4], y: [n, 4]) -> [n, 12] {
        let states = encoder(x);
        let (y, _) = decoder.forward_from(y, (states, states));
        y
    }
}

network! {
    struct OneWay {
        encoder: Encoder,
        decoder: Gru<4, 8>(num_layers = 2, bidirectional = true),
    }

    fn forward(x: [_, 4], y: [n, 4]) -> [n, 16] {
        let (y, _) = decoder.forward_from(y, encoder(x));
        y
    }
}

network! {
    struct OneStep {
        encoder: Encoder,
        cell: GruCell<4, 6>,
    }

    fn forward(x: [_, 4], y: [4]) -> [6] {
        cell.forward_from(y, encoder(x).select_index(1, -1))
    }
}

network! {
    struct Projected {
        encoder: Encoder,
        decoder: Lstm<4, 8>(num_layers = 2, proj_size = 3),
    }

    fn forward(x: [_, 4], y: [n, 4]) -> [n, 3] {
        let states = encoder(x);
        let (y, _) = decoder.forward_from(y, (states, states));
        y
    }
}

fn main() {}
