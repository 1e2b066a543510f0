//! Layers, directions and steps.

use super::Cell;
use super::pile::Pile;
use super::sequence::{Arrangement, all_known};
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::{Op, Scope, Tensor};
use crate::shape::{Arg, Axis, Dim, FaultKind, Shape};

/// A recurrent layer of any kind, as written.
pub(super) struct Recurrent {
    pub(super) cell: Cell,
    pub(super) input_size: Arg,
    pub(super) hidden_size: Arg,
    pub(super) num_layers: Arg,
    pub(super) bias: Arg,
    pub(super) batch_first: Arg,
    pub(super) dropout: Arg,
    pub(super) bidirectional: Arg,
    pub(super) proj_size: Arg,
}

/// The most layers one can have.
const MAX_LAYERS: usize = 16;

/// The names of the parameters of one layer in one direction, in PyTorch's order.
struct Names {
    weight_ih: &'static str,
    weight_hh: &'static str,
    bias_ih: &'static str,
    bias_hh: &'static str,
    weight_hr: &'static str,
}

macro_rules! names {
    ($($layer:literal)*) => {
        [$([names!(@one $layer, ""), names!(@one $layer, "_reverse")]),*]
    };
    (@one $layer:literal, $direction:literal) => {
        Names {
            weight_ih: concat!("weight_ih_l", $layer, $direction),
            weight_hh: concat!("weight_hh_l", $layer, $direction),
            bias_ih: concat!("bias_ih_l", $layer, $direction),
            bias_hh: concat!("bias_hh_l", $layer, $direction),
            weight_hr: concat!("weight_hr_l", $layer, $direction),
        }
    };
}

const NAMES: [[Names; 2]; MAX_LAYERS] = names!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

/// What a layer gives: its result, the last hidden states and, for an LSTM, the last cell states.
pub(super) struct Outcome<'t> {
    pub(super) output: Tensor<'t>,
    pub(super) hidden: Tensor<'t>,
    pub(super) cell: Tensor<'t>,
}

/// The parameters of one layer in one direction.
#[derive(Clone, Copy)]
struct Weights<'t> {
    ih: Tensor<'t>,
    hh: Tensor<'t>,
    bias_ih: Option<Tensor<'t>>,
    bias_hh: Option<Tensor<'t>>,
    hr: Option<Tensor<'t>>,
}

/// Sizes within a layer.
#[derive(Clone, Copy)]
struct Widths {
    hidden: Dim,
    /// `hidden` for each gate.
    gates: Dim,
    /// Of a hidden state: `hidden`, or what it is projected to.
    state: Dim,
    projected: bool,
    bias: bool,
}

/// Runs the layers. `states` are the first hidden states and cell states, zeros where absent.
pub(super) const fn run<'t>(
    at: Scope<'t>,
    layer: &Recurrent,
    x: Tensor<'t>,
    states: (Option<Tensor<'t>>, Option<Tensor<'t>>),
) -> Outcome<'t> {
    let input = at.size("input_size", layer.input_size);
    let hidden = at.size("hidden_size", layer.hidden_size).dim;
    let projection = at.count("proj_size", layer.proj_size);
    if let Some(size) = at.known(hidden)
        && projection > 0
        && projection >= size
    {
        at.option_fault("proj_size", "less than `hidden_size`", layer.proj_size);
    }
    let layers = at.positive("num_layers", layer.num_layers);
    if layers > MAX_LAYERS {
        at.option_fault("num_layers", "at most 16", layer.num_layers);
    }
    let layers = if layers > MAX_LAYERS {
        MAX_LAYERS
    } else {
        layers
    };
    let directions = if at.flag("bidirectional", layer.bidirectional) {
        2
    } else {
        1
    };
    let dropout = at.probability("dropout", layer.dropout);
    let widths = Widths {
        hidden,
        gates: at.multiplied(hidden, layer.cell.gates()),
        state: if projection > 0 {
            Dim::Known(projection)
        } else {
            hidden
        },
        projected: projection > 0,
        bias: at.flag("bias", layer.bias),
    };
    let output = at.multiplied(widths.state, directions);
    let x = x.expect(-1, input, "input features");
    let arrangement = Arrangement::of(x, at.flag("batch_first", layer.batch_first));
    let Some(arrangement) = arrangement else {
        declare(at, layers, directions, input.dim, output, widths);
        let unknown = x.unknown();
        return Outcome {
            output: unknown,
            hidden: unknown,
            cell: unknown,
        };
    };
    let count = layers * directions;
    let shape = arrangement.shape(x, output);
    let hidden_shape = arrangement.states(x, count, widths.state);
    let cell_shape = arrangement.states(x, count, widths.hidden);
    let first = [
        first_states(arrangement, states.0, hidden_shape),
        first_states(arrangement, states.1, cell_shape),
    ];
    let (steps, batch) = (arrangement.steps(x), arrangement.batch(x));
    if let Some(0) = at.known(steps) {
        at.fault(FaultKind::Other {
            message: "needs sequences of at least one step",
        });
    }
    let dims = [steps, batch.dim, input.dim, hidden];
    let (true, Some(steps)) = (all_known(at, &dims), at.known(steps)) else {
        declare(at, layers, directions, input.dim, output, widths);
        return Outcome {
            output: x.record(Op::Reshape, shape),
            hidden: x.record(Op::Reshape, hidden_shape),
            cell: x.record(Op::Reshape, cell_shape),
        };
    };
    let mut walk = Walk {
        cell: layer.cell,
        widths,
        batch,
        steps,
        first: [
            states_in(arrangement, first[0]),
            states_in(arrangement, first[1]),
        ],
        hidden: Pile::new(false),
        cells: Pile::new(false),
        last: [x, x],
    };
    let mut sequence = arrangement.steps_first(x).raw();
    let mut i = 0;
    while i < layers {
        let wide = if i == 0 { input.dim } else { output };
        let forth = weights(at, &NAMES[i][0], wide, widths);
        let both = if directions == 2 {
            Some(weights(at, &NAMES[i][1], wide, widths))
        } else {
            None
        };
        let there = walk.through(sequence, forth, i * directions, false);
        sequence = match both {
            Some(back) => {
                let back = walk.through(sequence, back, i * directions + 1, true);
                let shape = there.shape().with_axis(2, Axis::new(output));
                there.record_with(Op::Concat(2), back, shape)
            }
            None => there,
        };
        if i + 1 < layers {
            sequence = sequence.dropout(dropout);
        }
        i += 1;
    }
    let last = [
        walk.hidden.join(walk.last[0]),
        walk.cells.join(walk.last[1]),
    ];
    Outcome {
        output: arrangement.restored(sequence, shape),
        hidden: arrangement.states_out(last[0], hidden_shape),
        cell: arrangement.states_out(last[1], cell_shape),
    }
}

/// Declares all parameters where the steps cannot be told yet.
const fn declare(
    at: Scope<'_>,
    layers: usize,
    directions: usize,
    input: Dim,
    output: Dim,
    widths: Widths,
) {
    let mut i = 0;
    while i < layers * directions {
        let wide = if i < directions { input } else { output };
        weights(at, &NAMES[i / directions][i % directions], wide, widths);
        i += 1;
    }
}

const fn weights<'t>(at: Scope<'t>, names: &Names, input: Dim, widths: Widths) -> Weights<'t> {
    let Widths {
        hidden,
        gates,
        state,
        ..
    } = widths;
    let ih = at.parameter_with_fan(names.weight_ih, &[gates, input], hidden);
    let hh = at.parameter_with_fan(names.weight_hh, &[gates, state], hidden);
    let (mut bias_ih, mut bias_hh, mut hr) = (None, None, None);
    if widths.bias {
        bias_ih = Some(at.parameter_with_fan(names.bias_ih, &[gates], hidden));
        bias_hh = Some(at.parameter_with_fan(names.bias_hh, &[gates], hidden));
    }
    if widths.projected {
        hr = Some(at.parameter_with_fan(names.weight_hr, &[state, hidden], hidden));
    }
    Weights {
        ih,
        hh,
        bias_ih,
        bias_hh,
        hr,
    }
}

const fn first_states<'t>(
    arrangement: Arrangement,
    states: Option<Tensor<'t>>,
    shape: Shape,
) -> Option<Tensor<'t>> {
    match states {
        Some(states) => arrangement.checked(states, shape),
        None => None,
    }
}

const fn states_in<'t>(arrangement: Arrangement, states: Option<Tensor<'t>>) -> Option<Tensor<'t>> {
    match states {
        Some(states) => Some(arrangement.states_in(states).raw()),
        None => None,
    }
}

/// A walk through all layers, whose sizes are all known.
struct Walk<'t> {
    cell: Cell,
    widths: Widths,
    batch: Axis,
    steps: usize,
    /// First hidden and cell states, `[layers · directions, batch, …]`.
    first: [Option<Tensor<'t>>; 2],
    /// Last hidden states.
    hidden: Pile,
    /// Last cell states.
    cells: Pile,
    /// One of each.
    last: [Tensor<'t>; 2],
}

impl<'t> Walk<'t> {
    /// One layer in one direction. x: `[steps, batch, input]` → `[steps, batch, state]`
    const fn through(
        &mut self,
        x: Tensor<'t>,
        weights: Weights<'t>,
        index: usize,
        back: bool,
    ) -> Tensor<'t> {
        let (state, hidden) = (Axis::new(self.widths.state), Axis::new(self.widths.hidden));
        let mut h = self.start(x, 0, index, state);
        let mut c = if matches!(self.cell, Cell::Lstm) {
            self.start(x, 1, index, hidden)
        } else {
            h
        };
        // The part of the gates that needs no state, for all steps at once.
        let inputs = x.linear(weights.ih, weights.bias_ih);
        let (one, gates) = (Axis::new(Dim::Known(1)), Axis::new(self.widths.gates));
        let mut pile = Pile::new(back);
        let (mut step, mut i) = (h, 0);
        while i < self.steps {
            let now = if back { self.steps - 1 - i } else { i };
            let input = inputs.sliced(0, now, 1, 1).view(&[self.batch, gates]);
            let recurrent = h.linear(weights.hh, weights.bias_hh);
            match self.cell {
                Cell::Tanh => h = add(input, recurrent).map(Unary::Tanh),
                Cell::Relu => h = add(input, recurrent).map(Unary::Relu),
                Cell::Lstm => (h, c) = self.lstm(add(input, recurrent), c, weights.hr),
                Cell::Gru => h = self.gru(input, recurrent, h),
            }
            step = h.view(&[one, self.batch, state]);
            pile.push(step);
            i += 1;
        }
        self.hidden.push(step);
        self.last[0] = step;
        if matches!(self.cell, Cell::Lstm) {
            step = c.view(&[one, self.batch, hidden]);
        }
        self.cells.push(step);
        self.last[1] = step;
        pile.join(self.last[0])
    }

    /// The state before the first step, `[batch, features]`.
    const fn start(&self, x: Tensor<'t>, which: usize, index: usize, features: Axis) -> Tensor<'t> {
        match self.first[which] {
            Some(states) => states.sliced(0, index, 1, 1).view(&[self.batch, features]),
            None => x.filled(0.0, &[self.batch, features]),
        }
    }

    /// i, f, g, o = σ, σ, tanh, σ of the gates; c ← f·c + i·g; h = o·tanh(c), perhaps projected.
    const fn lstm(
        &self,
        gates: Tensor<'t>,
        c: Tensor<'t>,
        hr: Option<Tensor<'t>>,
    ) -> (Tensor<'t>, Tensor<'t>) {
        let i = self.gate(gates, 0, 1).map(Unary::Sigmoid);
        let f = self.gate(gates, 1, 1).map(Unary::Sigmoid);
        let g = self.gate(gates, 2, 1).map(Unary::Tanh);
        let o = self.gate(gates, 3, 1).map(Unary::Sigmoid);
        let c = add(mul(f, c), mul(i, g));
        let h = mul(o, c.map(Unary::Tanh));
        match hr {
            Some(hr) => (h.linear(hr, None), c),
            None => (h, c),
        }
    }

    /// r, z = σ(x + h); n = tanh(xₙ + r·hₙ); h ← n + z·(h − n).
    const fn gru(&self, input: Tensor<'t>, recurrent: Tensor<'t>, h: Tensor<'t>) -> Tensor<'t> {
        let both = add(self.gate(input, 0, 2), self.gate(recurrent, 0, 2)).map(Unary::Sigmoid);
        let (r, z) = (self.gate(both, 0, 1), self.gate(both, 1, 1));
        let n = add(self.gate(input, 2, 1), mul(r, self.gate(recurrent, 2, 1))).map(Unary::Tanh);
        add(n, mul(z, pair(h, n, Binary::Sub)))
    }

    /// `count` gates from the one number `first` on.
    const fn gate(&self, gates: Tensor<'t>, first: usize, count: usize) -> Tensor<'t> {
        let hidden = match gates.trace().value(self.widths.hidden) {
            Some(hidden) => hidden,
            None => 0,
        };
        let size = if count == 1 {
            self.widths.hidden
        } else {
            Dim::Known(count * hidden)
        };
        gates.part(1, Some(first * hidden), size)
    }
}

const fn add<'t>(a: Tensor<'t>, b: Tensor<'t>) -> Tensor<'t> {
    pair(a, b, Binary::Add)
}

const fn mul<'t>(a: Tensor<'t>, b: Tensor<'t>) -> Tensor<'t> {
    pair(a, b, Binary::Mul)
}

/// Of two tensors of one shape.
const fn pair<'t>(a: Tensor<'t>, b: Tensor<'t>, function: Binary) -> Tensor<'t> {
    a.record_with(Op::Binary(function), b, *a.shape())
}
