//! Ties with parameters of a network's own: layers that take one, and one that takes a layer's.

use crate::nets::{TempFile, bits, numbers};
use crate::training::check;
use ndarray::{Array2, ArrayD, ArrayViewD, Ix2};
use netdsl::io::TensorFile;
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

network! {
    /// Nobody calls the table: those that take it are all that use it.
    struct Language<tokens> {
        table: Parameter<[tokens, 4]>(std = 0.5),
        embed: Embedding<_, _>(weight = table),
        head: Linear<_, _>(weight = table, bias = false),
    }
}

network! {
    /// The table is called as well, and taken as it is and transposed; all of its sizes are told by others.
    struct Mixed {
        first: Linear<_, _>(weight = table.t(), bias = offset),
        second: Linear<_, _>(weight = table),
        table: Parameter<[_, _]>(std = 0.5),
        offset: Parameter<[5]>(std = 0.5),
    }

    fn forward(x: [n]) -> [n] {
        let x = second(first(x).tanh()) + offset().sum(0);
        x + table().tanh().sum(1)
    }
}

network! {
    struct Encoder<width> {
        table: Parameter<[width, _]>(std = 0.5),
        tables: [Parameter<[width, width]>(std = 0.5); 2],
        fc: Linear<width, width>,
        again: Linear<_, 5>(weight = table.t(), bias = false),
    }

    fn forward(x: [width]) -> [width] {
        let x = again(fc(x).tanh()).matmul(table().transpose(0, 1));
        let x = x.matmul(tables[0]()).tanh().matmul(tables[1]());
        x.tanh()
    }

    /// The layers that take a parameter from within stand on both sides of what has it.
    struct Around<width> {
        before: Linear<_, _>(weight = encoder.tables[1].t(), bias = false),
        rows: Linear<_, _>(weight = encoder.table, bias = false),
        encoder: Encoder<width>,
        back: Linear<_, _>(weight = encoder.table.t(), bias = false),
        after: [Linear<_, _>(weight = encoder.tables[0]); 2],
    }

    fn forward(x: [width]) -> [width] {
        after(rows(back(encoder(before(x)))))
    }
}

network! {
    /// A parameter of the network's own that is another layer's.
    struct Takes {
        scores: Parameter<[_, _]>(value = inner.fc.weight.t()),
        inner: Inner,
        bias: Parameter<[_]>(value = inner.offset),
        out: Linear<_, _>(weight = scores, bias = bias),
    }

    fn forward(x: [4]) -> [_] {
        let x = x.matmul(scores()) + inner(x) * bias().tanh();
        x + out(x.matmul(scores().transpose(0, 1))).tanh()
    }

    struct Inner {
        fc: Linear<_, 4>,
        offset: Parameter<[4]>(std = 0.5),
    }

    fn forward(x: [4]) -> [4] {
        fc(x) * offset()
    }
}

fn paths<N: Network<f32>>(net: &N) -> Vec<String> {
    net.parameters().into_iter().map(|info| info.path).collect()
}

fn matrix(value: ArrayViewD<'_, f32>) -> Array2<f32> {
    value.to_owned().into_dimensionality::<Ix2>().unwrap()
}

#[test]
fn layers_take_it_and_it_is_counted_once() {
    let net = network!(Language<7>, seed = 1).unwrap();
    assert_eq!(net.count_parameters(), 28);
    assert_eq!(paths(&net), ["table"]);
    assert_eq!(net.table.value().unwrap().shape(), [7, 4]);
    for tied in ["embed.weight", "head.weight"] {
        assert_eq!(net.parameter(tied).unwrap(), net.table.value().unwrap());
    }
    let table = matrix(net.parameter("table").unwrap());
    let scores = net.forward(ndarray::array![[6.0f32, 0.0]]).unwrap();
    let expected = ndarray::stack![ndarray::Axis(0), table.row(6), table.row(0)].dot(&table.t());
    let error = scores.into_shape_with_order((2, 7)).unwrap() - expected;
    assert!(error.iter().all(|error| error.abs() < 1e-6));
}

#[test]
fn sizes_flow_both_ways() {
    // The bias tells the columns of the table, a sample its rows.
    assert_eq!(Mixed::UNRESOLVED.len(), 1);
    let net = network!(Mixed, dtype = f64).unwrap();
    assert!(net.parameter("table").is_err());
    net.bind([3]).unwrap();
    assert_eq!(net.parameter("table").unwrap().shape(), [3, 5]);
    assert_eq!(net.parameter("first.weight").unwrap().shape(), [5, 3]);
    assert_eq!(net.count_parameters(), 15 + 5 + 3);
    check(net, &[2, 3], &[2, 3]);
    network! {
        struct Told {
            table: Parameter<[_, _]>(std = 1.0),
            head: Linear<_, 10>(weight = table),
        }
        fn forward(x: [_, 5]) -> [_, 10] {
            head(x + table().mean(0))
        }
    }
    assert!(Told::UNRESOLVED.is_empty());
    assert_eq!(
        network!(Told).unwrap().parameter("table").unwrap().shape(),
        [10, 5]
    );
}

#[test]
fn gradients_add_up_over_all_uses() {
    let seed = 5;
    check(
        network!(Around<3>, seed = seed, dtype = f64).unwrap(),
        &[2, 3],
        &[2, 3],
    );
    check(
        network!(Takes, seed = seed, dtype = f64).unwrap(),
        &[2, 4],
        &[2, 4],
    );
}

#[test]
fn it_may_be_within_another_network_or_a_stack() {
    let net = network!(Around<3>, seed = 1).unwrap();
    assert!(net.is_bound());
    let same = |tied: &str, owner: &str, transposed: bool| {
        let (tied, owner) = (net.parameter(tied).unwrap(), net.parameter(owner).unwrap());
        assert_eq!(tied, if transposed { owner.t() } else { owner });
    };
    same("before.weight", "encoder.tables.1", true);
    same("rows.weight", "encoder.table", false);
    same("back.weight", "encoder.table", true);
    same("after.1.weight", "encoder.tables.0", false);
    same("encoder.again.weight", "encoder.table", true);
    let own = paths(&net);
    assert_eq!(own.len(), 1 + 2 + 2 + 2, "{own:?}");
    assert_eq!(net.count_parameters(), 15 + 2 * 9 + 12 + 2 * 3);
    let mut body = net.encoder.clone();
    body.set_parameter("table", ArrayD::ones(vec![3, 5]))
        .unwrap();
    let mut other = network!(Around<3>, seed = 2).unwrap();
    other.encoder = body;
    assert_eq!(
        other.parameter("back.weight").unwrap(),
        ArrayD::<f32>::ones(vec![5, 3])
    );
}

#[test]
fn it_may_take_a_layers() {
    let net = network!(Takes, seed = 1).unwrap();
    assert!(net.is_bound());
    assert_eq!(
        net.parameter("scores").unwrap(),
        net.parameter("inner.fc.weight").unwrap().t()
    );
    assert_eq!(
        net.parameter("bias").unwrap(),
        net.parameter("inner.offset").unwrap()
    );
    assert_eq!(
        net.parameter("out.bias").unwrap(),
        net.parameter("inner.offset").unwrap()
    );
    assert_eq!(
        net.parameter("out.weight").unwrap(),
        net.parameter("scores").unwrap()
    );
    assert_eq!(
        paths(&net),
        ["inner.fc.weight", "inner.fc.bias", "inner.offset"]
    );
    let rows = net.summary().rows;
    let scores = rows.iter().find(|row| row.path == "scores").unwrap();
    let shape = net.parameter("scores").unwrap().shape().to_vec();
    let shape = shape.into_iter().map(Some).collect();
    assert_eq!(scores.output, Some(shape), "{net}");
    let told = net.clone().freeze("scores").unwrap_err().to_string();
    assert_eq!(
        told,
        "`scores` is `inner.fc.weight` transposed: change that one"
    );
    let mut net = net;
    let mut seen = Vec::new();
    net.apply(|path, module| seen.push((path.to_owned(), module.parameter_names().join(" "))));
    assert!(seen.contains(&(String::new(), String::new())), "{seen:?}");
}

#[test]
fn files_hold_it_once_and_may_have_it_under_any_name() {
    let file = TempFile::new("tied-bare");
    let net = network!(Takes, seed = 1).unwrap();
    net.save(&file).unwrap();
    let names = TensorFile::open(&file).unwrap();
    let names: Vec<String> = names.names().map(str::to_owned).collect();
    assert_eq!(names, paths(&net));
    let mut loaded = network!(Takes, seed = 2).unwrap();
    let renamed = |name: &str| {
        Some(match name {
            "inner.offset" => "bias".to_owned(),
            name => name.to_owned(),
        })
    };
    loaded.load_renamed(&file, renamed).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
    let net = network!(Language<7>, seed = 1).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Language<_>, seed = 2).unwrap();
    loaded.load(&file).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
}

#[test]
fn it_is_trained_and_frozen_once() {
    let mut net = network!(Around<3>, seed = 1).unwrap();
    let x = numbers(&[4, 3]);
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.5)).unwrap();
    net.freeze("encoder.table").unwrap();
    let before = net.parameter("encoder.table").unwrap().to_owned();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_eq!(net.parameter("back.weight").unwrap(), before.t());
    net.unfreeze("encoder.table").unwrap();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_ne!(net.parameter("back.weight").unwrap(), before.t());
}
