//! The table of a network and the list of its parameters.

use crate::nets::{Convolutions, Mlp, Nested, Small, numbers};
use netdsl::prelude::*;

fn listed<N: Network<f32>>(net: &N) -> Vec<String> {
    net.parameters().iter().map(ToString::to_string).collect()
}

#[test]
fn the_table_before_and_after() {
    let net = network!(Small).unwrap();
    assert_eq!(net.to_string(), before());
    net.bind([1, 12, 10]).unwrap();
    assert_eq!(net.to_string(), after());
}

fn before() -> String {
    [
        "Small",
        "  layer  kind    output     parameters  status",
        "  conv   Conv2d  [4, _, _]         ≥ 0  waiting: conv.weight [4, _, 3, 3]",
        "  fc1    Linear  [8]               ≥ 0  waiting: fc1.weight [8, _]",
        "  fc2    Linear  [3]                27  static",
        "  at least 27 parameters",
    ]
    .join("\n")
}

fn after() -> String {
    [
        "Small",
        "  layer  kind    output     parameters  status",
        "  conv   Conv2d  [4, _, _]          40  bound",
        "  fc1    Linear  [8]               648  bound",
        "  fc2    Linear  [3]                27  static",
        "  715 parameters",
    ]
    .join("\n")
}

#[test]
fn large_numbers_are_grouped() {
    let net = network!(Mlp<1000, 1000, 10>).unwrap();
    let table = net.to_string();
    assert!(
        table.contains(" 1,001,000 ") && table.ends_with("  1,011,010 parameters"),
        "{table}"
    );
}

#[test]
fn parameters_are_listed_from_construction_on() {
    let net = network!(Small).unwrap();
    let names = [
        "conv.weight [4, _, 3, 3]",
        "conv.bias [4]",
        "fc1.weight [8, _]",
        "fc1.bias [8]",
        "fc2.weight [3, 8]",
        "fc2.bias [3]",
    ];
    assert_eq!(listed(&net), names);
    net.forward(numbers(&[1, 2, 8, 8])).unwrap();
    let names = [
        "conv.weight [4, 2, 3, 3]",
        "conv.bias [4]",
        "fc1.weight [8, 36]",
        "fc1.bias [8]",
        "fc2.weight [3, 8]",
        "fc2.bias [3]",
    ];
    assert_eq!(listed(&net), names);
}

#[test]
fn buffers_are_listed_and_not_counted() {
    let net = network!(Convolutions).unwrap();
    net.bind([3, 8, 8]).unwrap();
    let buffers: Vec<_> = net
        .parameters()
        .into_iter()
        .filter(|info| info.buffer)
        .map(|info| info.to_string())
        .collect();
    assert_eq!(
        buffers,
        [
            "norm.running_mean [4]",
            "norm.running_var [4]",
            "norm.num_batches_tracked []"
        ]
    );
    // 4·3·9 + 4, 4 + 4, 2·4 + 2
    assert_eq!(net.summary().count(), (112 + 8 + 10, false));
    assert_eq!(net.count_parameters(), 130);
}

#[test]
fn the_count_is_the_least_while_sizes_are_open() {
    let net = network!(Nested).unwrap();
    // blocks: 2 · (6·6 + 6), head: 6·2 + 2
    let (count, open) = net.summary().count();
    assert!(open);
    assert!((84 + 14..=84 + 14 + 6).contains(&count), "{count}");
    assert!(
        net.to_string()
            .ends_with(&format!("at least {count} parameters"))
    );
    net.bind([4]).unwrap();
    assert_eq!(net.summary().count(), (30 + 84 + 14, false));
    assert_eq!(net.count_parameters(), 128);
}

#[test]
fn nested_layers_have_paths() {
    let net = network!(Nested).unwrap();
    let rows: Vec<_> = net.summary().rows.into_iter().map(|row| row.path).collect();
    assert_eq!(
        rows,
        [
            "stem.fc",
            "stem.act",
            "blocks.0.fc",
            "blocks.0.act",
            "blocks.1.fc",
            "blocks.1.act",
            "head"
        ]
    );
}

#[test]
fn sizes_are_shown_where_the_number_of_axes_is_not_known() {
    let net = network!(Mlp<_, 5, 3>).unwrap();
    let table = net.to_string();
    let outputs = ["[.., 5]", "[.., 5]", "[.., 3]"];
    let lines: Vec<_> = table.lines().skip(2).collect();
    for (line, output) in lines.iter().zip(outputs) {
        assert!(line.contains(output), "{table}");
    }
    net.bind([7, 4]).unwrap();
    assert!(net.to_string().contains("[.., 3]"), "{net}");
    let probed = net.probe([7, 4]).unwrap();
    assert!(probed.to_string().contains("[7, 3]"), "{probed}");
}

network! {
    struct Several {
        lstm: Lstm<8, 5>(bidirectional = true, batch_first = true),
        attn: MultiheadAttention<10, 2>(batch_first = true),
    }

    fn forward(x: [_, 8]) {
        let (y, _) = lstm(x);
        let (y, _) = attn(y, y, y);
        y
    }
}

#[test]
fn a_row_shows_the_first_of_several_results() {
    let probed = network!(Several).unwrap().probe([7, 8]).unwrap();
    let outputs: Vec<_> = probed.rows.iter().map(|row| &row.output).collect();
    let expected = Some(vec![Some(7), Some(10)]);
    assert_eq!(outputs, [&expected, &expected], "{probed}");
}

network! {
    struct Chosen<const MORE: bool> {
        attention: MultiheadAttention<4, 2>(need_weights = false),
        more: Linear<4, 4>,
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        let (x, _) = attention(x, x, x);
        if MORE { more(x) } else { x }
    }
}

#[test]
fn layers_that_are_not_called_have_no_row() {
    let rows = |table: String| {
        let rows = table.lines().skip(2).map(|row| row.trim_end().to_owned());
        rows.collect::<Vec<_>>()
    };
    // 4·12 + 12 and 4·4 + 4; what an attention gives is the first of its results.
    let attention = "  attention  MultiheadAttention  [_, 4]          80  static";
    let net = network!(Chosen::<false>).unwrap();
    assert_eq!(rows(net.to_string()), [attention, "  80 parameters"]);
    let net = network!(Chosen::<true>).unwrap();
    let more = "  more       Linear              [_, 4]          20  bound";
    assert_eq!(rows(net.to_string()), [attention, more, "  100 parameters"]);
}

network! {
    struct Bare {
        tokens: Parameter<[1, 4]>,
        fc: Linear<4, 4>,
        gamma: Parameter<[_]>(value = 1.0),
    }

    fn forward(x: [_, 4]) -> [_, 4] {
        fc(cat([tokens(), x], 1)) * gamma()
    }
}

#[test]
fn bare_parameters_are_counted_and_have_all_their_axes() {
    let net = network!(Bare).unwrap();
    let table = net.to_string();
    let rows: Vec<_> = table.lines().skip(2).map(str::trim_end).collect();
    assert_eq!(
        rows,
        [
            "  tokens  Parameter  [1, 4]           4  static",
            "  fc      Linear     [_, 4]          20  static",
            "  gamma   Parameter  [4]              4  static",
            "  28 parameters",
        ]
    );
    assert_eq!(net.count_parameters(), 28);
}

#[test]
fn a_stack_of_no_members_has_no_row() {
    network! {
        struct Deep<depth> {
            first: Linear<4, 8>,
            rest: [Linear<_, 8>; depth],
            none: [Linear<8, 8>; 0],
        }

        fn forward(x: [4]) -> [8] {
            let mut x = first(x);
            for layer in none {
                x = layer(x);
            }
            rest(x)
        }
    }

    let rows = |net: Deep| {
        let rows = net.summary().rows.into_iter();
        rows.map(|row| row.path).collect::<Vec<_>>()
    };
    assert_eq!(rows(network!(Deep<0>).unwrap()), ["first"]);
    assert_eq!(
        rows(network!(Deep<2>).unwrap()),
        ["first", "rest.0", "rest.1"]
    );
}

#[test]
fn a_layer_that_changes_nothing_yet_shows_what_arrives() {
    network! {
        struct Features {
            fc: Linear<4, 8>,
            batch: BatchNorm1d<_>,
            layer: LayerNorm<_>,
            act: PRelu,
            drop: Dropout,
            same: Identity,
        }

        struct Images {
            norm: InstanceNorm2d<3>(affine = true),
        }

        struct Branches {
            wide: Linear<4, 8>,
            narrow: Linear<4, 2>,
            drop: Dropout,
        }

        fn forward(x: [4]) -> ([8], [2]) {
            let (a, b) = (wide(x), narrow(x));
            (drop(a), b)
        }
    }

    let outputs = |summary: netdsl::Summary| {
        let rows = summary.rows.into_iter();
        rows.map(|row| (row.output.unwrap_or_default(), row.output_open))
            .collect::<Vec<_>>()
    };
    let features = network!(Features).unwrap();
    let wide = || vec![Some(8)];
    assert_eq!(outputs(features.summary()), vec![(wide(), true); 6]);
    let probed = features.probe([4]).unwrap();
    assert_eq!(outputs(probed), vec![(wide(), false); 6]);
    let images = outputs(network!(Images).unwrap().summary());
    assert_eq!(images, [(vec![Some(3), None, None], false)]);
    let branches = outputs(network!(Branches).unwrap().summary());
    assert_eq!(branches[2], (wide(), false));
}
