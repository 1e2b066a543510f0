//! Layers, directions and steps.

use super::sequence::{Arrangement, Count, all_known};
use crate::engine::kernel::recurrence::{Cell, Sizes};
use crate::graph::{Op, Scope, Size, Tensor};
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

/// A layer's options, as they hold.
#[derive(Clone, Copy)]
struct Options {
    cell: Cell,
    count: Count,
    batch_first: bool,
    dropout: f64,
    input: Size,
    /// What a step gives: the states of all directions.
    output: Dim,
    widths: Widths,
}

/// Sizes within a layer.
#[derive(Clone, Copy)]
struct Widths {
    /// As written.
    hidden_size: Size,
    hidden: Dim,
    /// `hidden` for each gate.
    gates: Dim,
    /// Of a hidden state: `hidden`, or what it is projected to.
    state: Dim,
    projected: bool,
    bias: bool,
}

impl Options {
    const fn read(at: Scope<'_>, layer: &Recurrent) -> Self {
        let input = at.size("input_size", layer.input_size);
        let widths = Widths::read(at, layer);
        let mut layers = at.positive("num_layers", layer.num_layers);
        if layers > MAX_LAYERS {
            at.option_fault("num_layers", "at most 16", layer.num_layers);
            layers = MAX_LAYERS;
        }
        let directions = 1 + at.flag("bidirectional", layer.bidirectional) as usize;
        Self {
            cell: layer.cell,
            count: Count {
                layers,
                directions,
                num_layers: layer.num_layers,
            },
            batch_first: at.flag("batch_first", layer.batch_first),
            dropout: at.probability("dropout", layer.dropout),
            input,
            output: at.multiplied(widths.state, directions),
            widths,
        }
    }

    /// What a layer takes: the first the input, later ones what the one before gave.
    const fn input_of(&self, layer: usize) -> Dim {
        if layer == 0 {
            self.input.dim
        } else {
            self.output
        }
    }

    /// The parameters of a layer in a direction.
    const fn weights<'t>(&self, at: Scope<'t>, layer: usize, direction: usize) -> Weights<'t> {
        let input = self.input_of(layer);
        weights(at, &NAMES[layer][direction], input, self.widths)
    }

    /// Declares all parameters.
    const fn declare(&self, at: Scope<'_>) {
        let mut i = 0;
        let directions = self.count.directions;
        while i < self.count.total() {
            self.weights(at, i / directions, i % directions);
            i += 1;
        }
    }
}

impl Widths {
    const fn read(at: Scope<'_>, layer: &Recurrent) -> Self {
        let hidden_size = at.size("hidden_size", layer.hidden_size);
        let hidden = hidden_size.dim;
        let projection = at.count("proj_size", layer.proj_size);
        let projected = projection > 0;
        if let (true, Some(size)) = (projected, at.known(hidden))
            && projection >= size
        {
            at.option_fault("proj_size", "less than `hidden_size`", layer.proj_size);
        }
        Self {
            hidden_size,
            hidden,
            gates: at.multiplied(hidden, layer.cell.gates()),
            state: if projected {
                Dim::Known(projection)
            } else {
                hidden
            },
            projected,
            bias: at.flag("bias", layer.bias),
        }
    }

    /// The size of a cell state, and what it is called.
    const fn of_cell_state(self) -> (Size, &'static str) {
        (self.hidden_size, "features of its state (`hidden_size`)")
    }

    /// The size of a hidden state, and what it is called.
    const fn of_state(self) -> (Size, &'static str) {
        match self.projected {
            true => (
                Size::of(self.state),
                "features of its hidden state (`proj_size`)",
            ),
            false => self.of_cell_state(),
        }
    }
}

/// Runs the layers. `states` are the first hidden states and cell states, zeros where absent.
pub(super) const fn run<'t>(
    at: Scope<'t>,
    layer: &Recurrent,
    x: Tensor<'t>,
    states: (Option<Tensor<'t>>, Option<Tensor<'t>>),
) -> Outcome<'t> {
    let outcome = outcome(at, layer, x, states);
    at.shows(outcome.output);
    outcome
}

const fn outcome<'t>(
    at: Scope<'t>,
    layer: &Recurrent,
    x: Tensor<'t>,
    states: (Option<Tensor<'t>>, Option<Tensor<'t>>),
) -> Outcome<'t> {
    let options = Options::read(at, layer);
    // Parameters come first: an input that does not fit those that exist is then what is wrong.
    options.declare(at);
    let x = x.expect_features_of_steps(options.input, "input features");
    let Some(arrangement) = Arrangement::of(x, options.batch_first) else {
        let unknown = x.unknown();
        return Outcome {
            output: unknown,
            hidden: unknown,
            cell: unknown,
        };
    };
    let (count, widths) = (options.count, options.widths);
    let shape = arrangement.shape(x, options.output);
    let hidden_shape = arrangement.states(x, count.total(), widths.state);
    let cell_shape = arrangement.states(x, count.total(), widths.hidden);
    let mut first = [None; 2];
    if let Some(states) = states.0 {
        first[0] = arrangement.checked(at, x, states, count, widths.of_state());
    }
    if let Some(states) = states.1 {
        first[1] = arrangement.checked(at, x, states, count, widths.of_cell_state());
    }
    let (steps, batch) = (arrangement.steps(x), arrangement.batch(x));
    if let Some(0) = at.known(steps) {
        at.fault(FaultKind::Other {
            message: "needs sequences of at least one step",
        });
    }
    let dims = [steps, batch.dim, options.input.dim, widths.hidden];
    let (true, Some(steps @ 1..)) = (all_known(at, &dims), at.known(steps)) else {
        return Outcome {
            output: stand_in(x, first, shape),
            hidden: stand_in(x, first, hidden_shape),
            cell: stand_in(x, first, cell_shape),
        };
    };
    let walk = Walk {
        options,
        batch,
        steps,
        first: [
            states_in(arrangement, first[0]),
            states_in(arrangement, first[1]),
        ],
    };
    let mut last = [States::NONE; 2];
    let sequence = walk.run(at, arrangement.steps_first(x).as_raw(), &mut last);
    let states = last[0].joined(sequence, &[batch, Axis::new(widths.state)]);
    let states = arrangement.states_out(states, hidden_shape);
    let cells = if options.cell.has_cell_state() {
        let cells = last[1].joined(sequence, &[batch, Axis::new(widths.hidden)]);
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

/// What stands for a result until sizes are known. It is never run, but says what flows into it.
const fn stand_in<'t>(x: Tensor<'t>, first: [Option<Tensor<'t>>; 2], shape: Shape) -> Tensor<'t> {
    let (mut nodes, mut i) = ([x.node(); 3], 0);
    while i < 2 {
        if let Some(state) = first[i] {
            nodes[i] = state.node();
        }
        i += 1;
    }
    x.trace().push(Op::Concat(0), &nodes, shape)
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

const fn states_in<'t>(arrangement: Arrangement, states: Option<Tensor<'t>>) -> Option<Tensor<'t>> {
    match states {
        Some(states) => Some(arrangement.states_in(states).as_raw()),
        None => None,
    }
}

/// A sequence `[steps, …]` from its end.
const fn reversed<'t>(x: Tensor<'t>) -> Tensor<'t> {
    x.record(Op::Flip(1), *x.shape())
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
    options: Options,
    batch: Axis,
    steps: usize,
    /// First hidden and cell states, `[layers · directions, batch, …]`.
    first: [Option<Tensor<'t>>; 2],
}

impl<'t> Walk<'t> {
    /// All layers, in one direction or both; the last hidden and cell states are added to `last`.
    const fn run(&self, at: Scope<'t>, x: Tensor<'t>, last: &mut [States; 2]) -> Tensor<'t> {
        let Count {
            layers, directions, ..
        } = self.options.count;
        let (mut sequence, mut layer) = (x, 0);
        while layer < layers {
            let forth = self.options.weights(at, layer, 0);
            sequence = if directions == 1 {
                self.through(at, sequence, forth, layer, last)
            } else {
                // Both declare their parameters before either is used.
                let back = self.options.weights(at, layer, 1);
                let there = self.through(at, sequence, forth, 2 * layer, last);
                let turned = reversed(sequence);
                let back = self.through(at, turned, back, 2 * layer + 1, last);
                let output = Axis::new(self.options.output);
                let shape = there.shape().with_axis(2, output);
                there.record_with(Op::Concat(2), reversed(back), shape)
            };
            layer += 1;
            if layer < layers {
                sequence = sequence.dropout(self.options.dropout);
            }
        }
        sequence
    }

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
        let Options { cell, widths, .. } = self.options;
        let (state, hidden) = (Axis::new(widths.state), Axis::new(widths.hidden));
        // The part of the gates that needs no state, for all steps at once.
        let inputs = x.linear(weights.ih, weights.bias_ih);
        let start = self.start(x, 0, index, state);
        let (mut nodes, mut count) = ([inputs.node(), weights.hh.node(), start.node(), 0, 0, 0], 3);
        if cell.has_cell_state() {
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
        let record = x.trace().push(Op::Recurrence(cell), nodes, length);
        let one = Axis::new(Dim::Known(1));
        let step = sizes.batch * sizes.state;
        let all = self.steps * step;
        let output = record.sliced(0, step, 1, all).view(&[
            Axis::new(Dim::Known(self.steps)),
            self.batch,
            state,
        ]);
        last[0].push(output.sliced(0, self.steps - 1, 1, 1));
        if cell.has_cell_state() {
            let step = sizes.batch * sizes.hidden;
            let from = sizes.record()[0] + self.steps * step;
            let states = record.sliced(0, from, 1, step);
            last[1].push(states.view(&[one, self.batch, hidden]));
        }
        output
    }

    const fn sizes(&self, at: Scope<'t>) -> Sizes {
        let Options { cell, widths, .. } = self.options;
        Sizes {
            cell,
            steps: self.steps,
            batch: value(at, self.batch.dim),
            hidden: value(at, widths.hidden),
            state: value(at, widths.state),
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
