//! Recurrences: against finite differences, and against their steps written out.

use crate::harness::{Operand, check, random};
use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::recurrence::{Cell, Sizes};
use netdsl::engine::kernel::unary::Unary;
use netdsl::graph::{Graph, NodeId, Op};

const CELLS: [Cell; 4] = [Cell::Tanh, Cell::Relu, Cell::Lstm, Cell::Gru];

/// A recurrence's operands, in the order of the operation.
fn operands(sizes: Sizes, bias: bool) -> Vec<Operand> {
    let (gates, small) = (sizes.gates(), |x: f64| 0.6 * x);
    let mut all = vec![
        random(&[sizes.steps, sizes.batch, gates]),
        random(&[gates, sizes.state]).map(small),
        random(&[sizes.batch, sizes.state]),
    ];
    if sizes.cell.has_cell_state() {
        all.push(random(&[sizes.batch, sizes.hidden]).map(|x| x - 0.1));
    }
    if sizes.is_projected() {
        all.push(random(&[sizes.state, sizes.hidden]));
    }
    if bias {
        all.push(random(&[gates]));
    }
    all
}

fn all_sizes() -> impl Iterator<Item = Sizes> {
    let shapes = [
        (1, 1, 1, 1),
        (3, 2, 5, 5),
        (4, 3, 5, 2),
        (2, 0, 3, 3),
        (2, 70, 3, 3),
    ];
    CELLS.into_iter().flat_map(move |cell| {
        shapes.map(|(steps, batch, hidden, state)| Sizes {
            cell,
            steps,
            batch,
            hidden,
            state,
        })
    })
}

/// Part of an array of one axis.
fn section(graph: &mut Graph, x: NodeId, start: usize, sizes: &[usize]) -> NodeId {
    let op = Op::Slice {
        axis: 0,
        start,
        step: 1,
    };
    let part = graph.push(op, &[x], &[sizes.iter().product()]);
    graph.push(Op::Reshape, &[part], sizes)
}

/// The states after all steps and, as another row or more, the last cell states: all that is read
/// of a record.
fn read(graph: &mut Graph, nodes: &[NodeId], sizes: Sizes) -> NodeId {
    let length = sizes.length().unwrap();
    let record = graph.push(Op::Recurrence(sizes.cell), nodes, &[length]);
    let step = sizes.batch * sizes.state;
    let states = section(graph, record, step, &[sizes.steps * step]);
    if !sizes.cell.has_cell_state() {
        return states;
    }
    let [hidden, cells, ..] = sizes.record();
    let last = sizes.batch * sizes.hidden;
    let cells = section(graph, record, hidden + cells - last, &[last]);
    let length = sizes.steps * step + last;
    graph.push(Op::Concat(0), &[states, cells], &[length])
}

/// The same from operations on single steps.
fn written_out(graph: &mut Graph, nodes: &[NodeId], sizes: Sizes) -> NodeId {
    let (n, gates, wide) = (sizes.hidden, sizes.gates(), sizes.cell.has_cell_state());
    let square = [sizes.batch, n];
    let mut rest = nodes[3..].iter().copied();
    let mut c = if wide { rest.next().unwrap() } else { nodes[2] };
    let projection = sizes.is_projected().then(|| rest.next().unwrap());
    let (bias, mut h, mut all) = (rest.next(), nodes[2], Vec::new());
    for step in 0..sizes.steps {
        let x = section_of_steps(graph, nodes[0], step, &[sizes.batch, gates]);
        let product = [Some(h), Some(nodes[1]), bias];
        let product: Vec<NodeId> = product.into_iter().flatten().collect();
        let r = graph.push(Op::Linear, &product, &[sizes.batch, gates]);
        let gate = |graph: &mut Graph, of: NodeId, index: usize| {
            let op = Op::Slice {
                axis: 1,
                start: index * n,
                step: 1,
            };
            graph.push(op, &[of], &square)
        };
        let unary = |graph: &mut Graph, f: Unary, x| graph.push(Op::Unary(f), &[x], &square);
        let binary =
            |graph: &mut Graph, f: Binary, a, b| graph.push(Op::Binary(f), &[a, b], &square);
        let sum = |graph: &mut Graph, index: usize| {
            let (x, r) = (gate(graph, x, index), gate(graph, r, index));
            binary(graph, Binary::Add, x, r)
        };
        let made = match sizes.cell {
            Cell::Tanh | Cell::Relu => {
                let sum = sum(graph, 0);
                let relu = sizes.cell == Cell::Relu;
                unary(graph, if relu { Unary::Relu } else { Unary::Tanh }, sum)
            }
            Cell::Lstm => {
                let [i, f, g, o] = [0, 1, 2, 3].map(|index| {
                    let sum = sum(graph, index);
                    unary(
                        graph,
                        if index == 2 {
                            Unary::Tanh
                        } else {
                            Unary::Sigmoid
                        },
                        sum,
                    )
                });
                let (kept, new) = (
                    binary(graph, Binary::Mul, f, c),
                    binary(graph, Binary::Mul, i, g),
                );
                c = binary(graph, Binary::Add, kept, new);
                let tanh = unary(graph, Unary::Tanh, c);
                binary(graph, Binary::Mul, o, tanh)
            }
            Cell::Gru => {
                let [r_gate, z] = [0, 1].map(|index| {
                    let sum = sum(graph, index);
                    unary(graph, Unary::Sigmoid, sum)
                });
                let (x, q) = (gate(graph, x, 2), gate(graph, r, 2));
                let reset = binary(graph, Binary::Mul, r_gate, q);
                let sum = binary(graph, Binary::Add, x, reset);
                let new = unary(graph, Unary::Tanh, sum);
                let difference = binary(graph, Binary::Sub, h, new);
                let part = binary(graph, Binary::Mul, z, difference);
                binary(graph, Binary::Add, new, part)
            }
        };
        h = match projection {
            Some(projection) => {
                graph.push(Op::Linear, &[made, projection], &[sizes.batch, sizes.state])
            }
            None => made,
        };
        all.push(graph.push(Op::Reshape, &[h], &[sizes.batch * sizes.state]));
    }
    if wide {
        all.push(graph.push(Op::Reshape, &[c], &[sizes.batch * n]));
    }
    let length = all.iter().map(|&x| graph.extent(x).count()).sum();
    graph.push(Op::Concat(0), &all, &[length])
}

fn section_of_steps(graph: &mut Graph, x: NodeId, step: usize, sizes: &[usize]) -> NodeId {
    let op = Op::Slice {
        axis: 0,
        start: step,
        step: 1,
    };
    let one = graph.push(op, &[x], &[1, sizes[0], sizes[1]]);
    graph.push(Op::Reshape, &[one], sizes)
}

#[test]
fn recurrences_are_their_steps() {
    for sizes in all_sizes() {
        // A GRU's state is mixed with the one before, and cannot be of another width.
        if sizes.is_projected() && sizes.cell == Cell::Gru {
            continue;
        }
        for bias in [true, false] {
            let operands = operands(sizes, bias);
            let found = check(&operands, |graph, nodes| read(graph, nodes, sizes));
            let wanted = check(&operands, |graph, nodes| written_out(graph, nodes, sizes));
            crate::harness::assert_close(&found, &wanted, 1e-12);
        }
    }
}

#[test]
fn only_what_is_read_has_a_gradient() {
    let sizes = Sizes {
        cell: Cell::Lstm,
        steps: 3,
        batch: 2,
        hidden: 4,
        state: 4,
    };
    let [hidden, cells, ..] = sizes.record();
    // The last hidden states, the last cell states, a hidden state on its way and again with others.
    for parts in [
        &[(24, 8)][..],
        &[(hidden + cells - 8, 8)],
        &[(16, 4), (12, 8), (16, 4)],
    ] {
        check(&operands(sizes, true), |graph, nodes| {
            let length = sizes.length().unwrap();
            let record = graph.push(Op::Recurrence(sizes.cell), nodes, &[length]);
            let parts = parts.iter();
            let all: Vec<NodeId> = parts
                .map(|&(start, length)| section(graph, record, start, &[length]))
                .collect();
            let length = all.iter().map(|&x| graph.extent(x).count()).sum();
            graph.push(Op::Concat(0), &all, &[length])
        });
    }
}
