//! Single steps of recurrent layers, and a decoder's layer.

use crate::nets::numbers;
use crate::training::check;
use netdsl::prelude::*;

network! {
    struct Both {
        rnn: Rnn<3, 4>(nonlinearity = "relu"),
        lstm: Lstm<3, 4>,
        gru: Gru<3, 4>,
        rnn_cell: RnnCell<_, 4>(nonlinearity = "relu"),
        lstm_cell: LstmCell<_, 4>,
        gru_cell: GruCell<_, 4>,
    }

    fn forward(x: [3, 3]) -> ([4], [4], [4], [4], [4], [4]) {
        let first = x.select_index(1, 0);
        let (mut r, mut g) = (rnn_cell(first), gru_cell(first));
        let (mut h, mut c) = lstm_cell(first);
        for at in 1..3 {
            let x = x.select_index(1, at);
            r = rnn_cell.forward_from(x, r);
            g = gru_cell.forward_from(x, g);
            (h, c) = lstm_cell.forward_from(x, (h, c));
        }
        let ((rs, _), (hs, _), (gs, _)) = (rnn(x), lstm(x), gru(x));
        (r, rs.select_index(1, -1), h, hs.select_index(1, -1), g, gs.select_index(1, -1))
    }
}

#[test]
fn steps_one_by_one_are_those_of_the_layers() -> Result<(), Error> {
    let mut net = network!(Both, seed = 4)?;
    net.bind([3, 3])?;
    for kind in ["rnn", "lstm", "gru"] {
        for name in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] {
            let value = net.parameter(&format!("{kind}.{name}_l0"))?.to_owned();
            net.set_parameter(&format!("{kind}_cell.{name}"), value)?;
        }
    }
    let (r, rs, h, hs, g, gs) = net.forward(numbers(&[5, 3, 3]))?;
    for (cell, layer) in [(r, rs), (h, hs), (g, gs)] {
        for (cell, layer) in cell.iter().zip(&layer) {
            assert!((cell - layer).abs() < 1e-6, "{cell} {layer}");
        }
    }
    Ok(())
}

network! {
    struct OfALength<depth> {
        cells: [GruCell<_, 4>; depth],
        memories: [LstmCell<4, 4>; depth],
        convs: [Conv1d<_, 4, 2>; depth],
        out: Linear<_, 2>,
    }

    fn forward(x: [4, t]) -> [2] {
        let mut x = x;
        for conv in convs {
            x = conv(x.pad([1, 0])).tanh() + x;
        }
        let x = x.mean(2);
        let (mut h, mut c) = (x, x);
        for (cell, memory) in cells.iter().zip(memories) {
            h = cell.forward_from(x, h);
            (h, c) = memory.forward_from(x, (h, c));
        }
        out(h + c)
    }

    struct OfThree {
        cells: [GruCell<_, 4>; 3],
        memories: [LstmCell<4, 4>; 3],
        convs: [Conv1d<_, 4, 2>; 3],
        out: Linear<_, 2>,
    }

    fn forward(x: [4, t]) -> [2] {
        let mut x = x;
        for conv in convs {
            x = conv(x.pad([1, 0])).tanh() + x;
        }
        let x = x.mean(2);
        let (mut h, mut c) = (x, x);
        for (cell, memory) in cells.iter().zip(memories) {
            h = cell.forward_from(x, h);
            (h, c) = memory.forward_from(x, (h, c));
        }
        out(h + c)
    }
}

#[test]
fn a_stack_of_a_length_runs_cells_and_paddings_as_one_of_a_number() -> Result<(), Error> {
    let depth = 3;
    let (a, b) = (
        network!(OfALength<depth>, seed = 2)?,
        network!(OfThree, seed = 2)?,
    );
    let x = numbers(&[2, 4, 5]);
    assert_eq!(a.forward(&x)?, b.forward(&x)?);
    Ok(())
}

network! {
    struct Decoder {
        cell: GruCell<_, 8>,
        memory: LstmCell<8, 8>,
        decode: TransformerDecoderLayer<8, 2>(dim_feedforward = 6, norm_first = true, dropout = 0.0),
        after: TransformerDecoderLayer<_, 2>(dim_feedforward = 5, activation = "gelu", dropout = 0.0),
    }

    fn forward(x: [3, 2]) -> [3, 8] {
        let x = cell(x);
        let (h, c) = memory(x);
        let x = decode.forward_masked(x, h, Some(Mask::causal(x)), None, None, None);
        after(x, c)
    }
}

#[test]
fn their_gradients_are_those_of_differences() {
    check(
        network!(Decoder, seed = 6, dtype = f64).unwrap(),
        &[2, 3, 2],
        &[2, 3, 8],
    );
}
