//! Layers, directions and steps.

use super::sequence::{Arrangement, all_known};
use crate::engine::kernel::recurrence::{Cell, Sizes};
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
    // Parameters come first: an input that does not fit those that exist is then what is wrong.
    declare(at, layers, directions, input.dim, output, widths);
    let x = x.expect(-1, input, "input features");
    let arrangement = Arrangement::of(x, at.flag("batch_first", layer.batch_first));
    let Some(arrangement) = arrangement else {
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
    let (true, Some(steps @ 1..)) = (all_known(at, &dims), at.known(steps)) else {
        return Outcome {
            output: x.record(Op::Reshape, shape),
            hidden: x.record(Op::Reshape, hidden_shape),
            cell: x.record(Op::Reshape, cell_shape),
        };
    };
    let walk = Walk {
        cell: layer.cell,
        widths,
        batch,
        steps,
        first: [
            states_in(arrangement, first[0]),
            states_in(arrangement, first[1]),
        ],
    };
    let mut sequence = arrangement.steps_first(x).as_raw();
    let mut last = [States::NONE; 2];
    let mut i = 0;
    while i < layers {
        let wide = if i == 0 { input.dim } else { output };
        let forth = weights(at, &NAMES[i][0], wide, widths);
        let both = if directions == 2 {
            Some(weights(at, &NAMES[i][1], wide, widths))
        } else {
            None
        };
        let there = walk.through(at, sequence, forth, i * directions, &mut last);
        sequence = match both {
            Some(back) => {
                let turned = reversed(sequence);
                let back = walk.through(at, turned, back, i * directions + 1, &mut last);
                let shape = there.shape().with_axis(2, Axis::new(output));
                there.record_with(Op::Concat(2), reversed(back), shape)
            }
            None => there,
        };
        if i + 1 < layers {
            sequence = sequence.dropout(dropout);
        }
        i += 1;
    }
    let states = last[0].joined(sequence, &[batch, Axis::new(widths.state)]);
    let states = arrangement.states_out(states, hidden_shape);
    let cells = if layer.cell.has_cell_state() {
        let cells = last[1].joined(sequence, &[batch, Axis::new(hidden)]);
        arrangement.states_out(cells, cell_shape)
    } else {
        states
    };
    Outcome {
        output: arrangement.restored(sequence, shape),
        hidden: states,
        cell: cells,
    }
}

/// Declares all parameters.
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
        Some(states) => Some(arrangement.states_in(states).as_raw()),
        None => None,
    }
}

/// A sequence `[steps, …]` from its end.
const fn reversed<'t>(x: Tensor<'t>) -> Tensor<'t> {
    x.record(Op::Flip(0), *x.shape())
}

/// The last states of each layer and direction, each `[1, batch, …]`.
#[derive(Clone, Copy)]
struct States {
    nodes: [u32; 2 * MAX_LAYERS],
    count: usize,
}

impl States {
    const NONE: Self = Self {
        nodes: [0; 2 * MAX_LAYERS],
        count: 0,
    };

    const fn push(&mut self, states: Tensor<'_>) {
        self.nodes[self.count] = states.node();
        self.count += 1;
    }

    /// `[layers · directions, batch, …]`
    const fn joined<'t>(&self, like: Tensor<'t>, axes: &[Axis; 2]) -> Tensor<'t> {
        let count = Axis::new(Dim::Known(self.count));
        let (nodes, _) = self.nodes.split_at(self.count);
        let shape = Shape::new(&[count, axes[0], axes[1]], false);
        like.trace().push(Op::Concat(0), nodes, shape)
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
}

impl<'t> Walk<'t> {
    /// One layer in one direction. x: `[steps, batch, input]` → `[steps, batch, state]`; the last
    /// hidden and cell states are added to `last`.
    const fn through(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        weights: Weights<'t>,
        index: usize,
        last: &mut [States; 2],
    ) -> Tensor<'t> {
        let (state, hidden) = (Axis::new(self.widths.state), Axis::new(self.widths.hidden));
        // The part of the gates that needs no state, for all steps at once.
        let inputs = x.linear(weights.ih, weights.bias_ih);
        let start = self.start(x, 0, index, state);
        let (mut nodes, mut count) = ([inputs.node(), weights.hh.node(), start.node(), 0, 0, 0], 3);
        if self.cell.has_cell_state() {
            nodes[count] = self.start(x, 1, index, hidden).node();
            count += 1;
        }
        if let Some(projection) = weights.hr {
            nodes[count] = projection.node();
            count += 1;
        }
        if let Some(bias) = weights.bias_hh {
            nodes[count] = bias.node();
            count += 1;
        }
        let (nodes, _) = nodes.split_at(count);
        let sizes = self.sizes(at);
        let Some(length) = sizes.length() else {
            at.fault(FaultKind::Overflow {
                operation: "recurrence",
            });
            return x.unknown();
        };
        let length = Shape::new(&[Axis::new(Dim::Known(length))], false);
        let record = x.trace().push(Op::Recurrence(self.cell), nodes, length);
        let one = Axis::new(Dim::Known(1));
        let step = sizes.batch * sizes.state;
        let all = self.steps * step;
        let output = record.sliced(0, step, 1, all).view(&[
            Axis::new(Dim::Known(self.steps)),
            self.batch,
            state,
        ]);
        last[0].push(output.sliced(0, self.steps - 1, 1, 1));
        if self.cell.has_cell_state() {
            let step = sizes.batch * sizes.hidden;
            let from = sizes.record()[0] + self.steps * step;
            let states = record.sliced(0, from, 1, step);
            last[1].push(states.view(&[one, self.batch, hidden]));
        }
        output
    }

    const fn sizes(&self, at: Scope<'t>) -> Sizes {
        Sizes {
            cell: self.cell,
            steps: self.steps,
            batch: value(at, self.batch.dim),
            hidden: value(at, self.widths.hidden),
            state: value(at, self.widths.state),
        }
    }

    /// The state before the first step, `[batch, features]`.
    const fn start(&self, x: Tensor<'t>, which: usize, index: usize, features: Axis) -> Tensor<'t> {
        match self.first[which] {
            Some(states) => states.sliced(0, index, 1, 1).view(&[self.batch, features]),
            None => x.filled(0.0, &[self.batch, features]),
        }
    }
}

/// A size that is known.
const fn value(at: Scope<'_>, dim: Dim) -> usize {
    match at.known(dim) {
        Some(size) => size,
        None => 0,
    }
}
