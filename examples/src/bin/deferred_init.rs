//! Deferred initialisation, section by section as *Dive into Deep Learning* tells it: a network is defined
//! before its input sizes are known, and comes into being when they are.
//!
//! `cargo run --release --bin deferred_init`
//!
//! One kind of mistake cannot be shown by a program that runs: sizes that contradict each other in the
//! definition itself. This network
//!
//! ```compile_fail
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Mismatch {
//!         hidden: Linear<20, 256>,
//!         out: Linear<255, 10>,
//!     }
//! }
//! ```
//!
//! is refused by the compiler, at the 255:
//!
//! ```text
//! error[E0080]: evaluation panicked: layer `out` is declared with 255 input features, but `hidden` produces 256
//!                 = help: write `256` or `_`
//!   |
//! 6 |         out: Linear<255, 10>,
//!   |                     ^^^
//! ```

use ndarray::{Array2, ArrayD, ArrayViewD};
use netdsl::ModuleMut;
use netdsl::init::Draws;
use netdsl::prelude::*;
use netdsl_examples::no_arguments;
use std::error::Error as StdError;

network! {
    /// The chapter's network: so many features in, so many out. `_` is what `hidden` gives.
    pub struct Mlp<in_features, out_features> {
        hidden: Linear<in_features, 256>,
        act: Relu,
        out: Linear<_, out_features>,
    }

    /// The same with every size written: no layer of it is ever without its parameters.
    pub struct Written {
        hidden: Linear<20, 256>,
        act: Relu,
        out: Linear<256, 10>,
    }

    /// Its input is normalised over 20 features: a size that construction can contradict.
    pub struct Normalized<in_features> {
        norm: LayerNorm<20>,
        out: Linear<in_features, 10>,
    }

    /// Two inputs of different widths, each brought to 64 features by a layer of its own; then both go
    /// through one `shared` layer, which is called twice and has its parameters once.
    pub struct Tied {
        left: Linear<_, 64>,
        right: Linear<_, 64>,
        shared: Linear<_, 32>,
        out: Linear<_, 10>,
    }

    fn forward(a: [_], b: [_]) -> [10] {
        let a = shared(left(a).relu());
        let b = shared(right(b).relu());
        out((a + b).relu())
    }

    /// No parameter depends on the length of the signal, so it may be another one each time.
    pub struct AnyLength {
        conv1: Conv1d<_, 16, 5>,
        conv2: Conv1d<_, 16, 5>,
        out: Linear<_, 10>,
    }

    fn forward(signal: [_, _]) -> [10] {
        let x = conv2(conv1(signal).relu()).relu();
        out(x.mean(2))
    }

    /// The same layer for two inputs: they have to agree in their features.
    pub struct Twice {
        layer: Linear<_, 32>,
    }

    fn forward(a: [_], b: [_]) -> [32] {
        layer(a) + layer(b)
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    a_network_without_sizes()?;
    the_first_forward()?;
    access_and_forcing()?;
    initialisers()?;
    again_and_at_once()?;
    exercise_1_some_sizes()?;
    exercise_2_wrong_sizes()?;
    exercise_3_varying_sizes()?;
    Ok(())
}

fn a_network_without_sizes() -> Result<(), Box<dyn StdError>> {
    heading("A network whose input size nobody has said");
    let net = network!(Mlp<_, 10>, seed = 1)?;
    list_parameters(&net);
    println!("all of them exist: {}", net.is_bound());
    Ok(())
}

fn the_first_forward() -> Result<(), Box<dyn StdError>> {
    heading("The first forward tells the sizes");
    let net = network!(Mlp<_, 10>, seed = 1)?;
    let y = net.forward(samples(20))?;
    println!("{:?} → {:?}", samples(20).shape(), y.shape());
    list_parameters(&net);
    println!("all of them exist: {}\n\n{net}", net.is_bound());

    heading("The same from a function that has the sizes in variables");
    let net = mlp(20, 10)?;
    list_parameters(&net);
    Ok(())
}

/// The chapter's function: a network from the numbers of its features.
fn mlp(in_features: usize, out_features: usize) -> Result<Mlp, Error> {
    network!(Mlp<in_features, out_features>, seed = 1)
}

fn access_and_forcing() -> Result<(), Box<dyn StdError>> {
    heading("Access to a parameter before it exists");
    let net = network!(Mlp<_, 10>, seed = 1)?;
    show_error(net.parameter("hidden.weight"));
    show_error(net.hidden.get());
    println!(
        "what does not wait for it is there: out.weight {:?}",
        net.parameter("out.weight")?.shape()
    );
    show_error(net.parameter("hiden.weight"));

    heading("What would be, with a sample of 20 features (nothing is changed)");
    println!("{}", net.probe([20])?);
    println!("all parameters exist: {}", net.is_bound());

    heading("Initialisation forced by the shape of a sample (nothing is computed)");
    net.bind([20])?;
    println!(
        "hidden.weight {:?}",
        net.parameter("hidden.weight")?.shape()
    );
    println!(
        "the same by its field: {:?}",
        net.hidden.get()?.weight().shape()
    );

    heading("Initialisation forced by a sample: the same weights");
    let other = network!(Mlp<_, 10>, seed = 1)?;
    other.forward(samples(20))?;
    println!(
        "equal: {}",
        other.parameter("hidden.weight")? == net.parameter("hidden.weight")?
    );
    let eager = network!(Mlp<20, 10>, seed = 1)?;
    println!(
        "and equal to those of a network that was told its sizes: {}",
        weights_agree(&eager, &net)?
    );
    Ok(())
}

fn weights_agree(a: &Mlp, b: &Mlp) -> Result<bool, Error> {
    let paths = a.parameters().into_iter().map(|info| info.path);
    paths.into_iter().try_fold(true, |agree, path| {
        Ok(agree && a.parameter(&path)? == b.parameter(&path)?)
    })
}

fn initialisers() -> Result<(), Box<dyn StdError>> {
    heading("A function for every module, children first");
    let mut net = network!(Mlp<_, 10>, seed = 1)?;
    net.apply(|_, module| println!("Init {}", module.kind()));

    heading("One that says how parameters start, as the chapter's `net.apply(init)` does");
    net.apply(init)?;
    list_parameters(&net);
    net.bind([20])?;
    for path in ["hidden.weight", "hidden.bias", "out.weight", "out.bias"] {
        println!("  {path}: {}", spread(net.parameter(path)?));
    }
    println!("and one that changes what exists: each weight without its mean");
    net.apply(|_, module| {
        if module.kind() == "Linear" {
            let mut weight = module.parameter_mut("weight")?;
            weight -= weight.mean().unwrap_or(0.0);
        }
        Ok(())
    })?;
    println!(
        "  the mean of out.weight is {:.4}",
        net.parameter("out.weight")?.mean().unwrap_or(0.0).abs()
    );

    heading("An initialiser of one's own: a function of the shape and of random numbers");
    net.initialize("*.weight", Init::function(ternary))?;
    println!(
        "  hidden.weight: {}",
        spread(net.parameter("hidden.weight")?)
    );

    heading("How parameters are to start, said before their shapes are known");
    let mut net = network!(Mlp<_, 10>, seed = 1)?;
    net.initialize_kind("Linear", "weight", Init::xavier_uniform())?;
    net.initialize("*.bias", Init::Zeros)?;
    net.initialize(
        "out.weight",
        Init::Normal {
            mean: 0.0,
            std: 0.01,
        },
    )?;
    list_parameters(&net);
    net.bind([20])?;
    println!("bound to 20 features:");
    let bound = (6.0 / (20.0 + 256.0) as f32).sqrt();
    println!("  Xavier's bound for hidden.weight is {bound:.4}");
    for info in net.parameters() {
        println!("  {info}: {}", spread(net.parameter(&info.path)?));
    }
    println!("an initialiser that no such parameter can have:");
    show_error(net.initialize("hidden.bias", Init::orthogonal()));
    Ok(())
}

/// Says how the parameters of a module start, whether they exist or not.
fn init(_path: &str, module: &mut ModuleMut<'_, f32>) -> Result<(), Error> {
    if module.kind() == "Linear" {
        module.initialize("weight", Init::xavier_uniform())?;
        module.initialize("bias", Init::Constant(0.1))?;
    }
    Ok(())
}

/// −1, 0 or 1, each as often.
fn ternary(shape: &[usize], draws: &mut Draws) -> Vec<f64> {
    let count = shape.iter().product();
    (0..count)
        .map(|_| draws.uniform(-1.5, 1.5).round())
        .collect()
}

/// From where to where numbers go, and how far they are from 0 in the mean.
fn spread(values: ArrayViewD<'_, f32>) -> String {
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    let greatest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let square = values.mapv(|value| value * value).mean().unwrap_or(0.0);
    format!(
        "{least:.4} to {greatest:.4}, root mean square {:.4}",
        square.sqrt()
    )
}

fn again_and_at_once() -> Result<(), Box<dyn StdError>> {
    heading("Initialisation again, once data was seen");
    let mut net = network!(Mlp<_, 10>, seed = 1)?;
    net.forward(samples(20))?;
    let first = net.parameter("hidden.weight")?[[0, 0]];
    net.reinitialize(2)?;
    let second = net.parameter("hidden.weight")?[[0, 0]];
    net.reinitialize(1)?;
    println!(
        "seed 1: {first:.4}, seed 2: {second:.4}, seed 1 again: {:.4}",
        net.parameter("hidden.weight")?[[0, 0]]
    );
    let drawn = net.rebind([30])?;
    println!(
        "bound to 30 features instead; drawn anew: {}",
        drawn.join(", ")
    );
    list_parameters(&net);

    heading("Initialisation at once: every size is written");
    let net = network!(Written, seed = 1)?;
    // A plain layer: the compiler knows that there is a weight, so there is no `get()?`.
    println!("hidden.weight {:?}\n\n{net}", net.hidden.weight().shape());
    Ok(())
}

fn exercise_1_some_sizes() -> Result<(), Box<dyn StdError>> {
    heading("Exercise 1: the input size is given, sizes further on are not");
    println!("{}", network!(Mlp<20, _>)?);
    println!("\nthe other way round:\n{}", network!(Mlp<_, 10>)?);
    println!("\nneither:\n{}", network!(Mlp<_, _>)?);
    println!("\na size that no data can tell is still open after them:");
    show_error(network!(Mlp<_, _>)?.forward(samples(20)));
    Ok(())
}

fn exercise_2_wrong_sizes() -> Result<(), Box<dyn StdError>> {
    heading("Exercise 2: sizes that contradict each other");
    println!("in the definition: the compiler refuses it, see the head of this program\n");
    println!("at construction, with a number that the compiler does not know:");
    let in_features = std::env::args().count() + 20;
    show_error(network!(Normalized<in_features>));
    println!("at the first forward:");
    let net = network!(Mlp<20, 10>)?;
    show_error(net.forward(samples(30)));
    println!("at a later one:");
    let net = network!(Mlp<_, 10>)?;
    net.forward(samples(20))?;
    show_error(net.forward(samples(30)));
    println!(
        "after which the network is as it was: {:?}",
        net.forward(samples(20))?.shape()
    );
    Ok(())
}

fn exercise_3_varying_sizes() -> Result<(), Box<dyn StdError>> {
    heading("Exercise 3: inputs of varying size");
    println!("two inputs of different widths share a layer:");
    let net = network!(Tied)?;
    let y = net.forward(samples(20), samples(30))?;
    println!(
        "{:?} and {:?} → {:?}\n{net}\n",
        samples(20).shape(),
        samples(30).shape(),
        y.shape()
    );

    println!("one input of varying length:");
    let net = network!(AnyLength)?;
    for length in [50, 80, 200] {
        let signal = ArrayD::<f32>::ones(vec![2, 3, length]);
        println!(
            "  {:?} → {:?}",
            signal.shape(),
            net.forward(&signal)?.shape()
        );
    }
    list_parameters(&net);

    println!("\none layer cannot take two widths:");
    show_error(network!(Twice)?.forward(samples(20), samples(30)));
    Ok(())
}

/// Two samples of so many features.
fn samples(features: usize) -> Array2<f32> {
    Array2::from_shape_fn((2, features), |(sample, feature)| {
        (sample * features + feature) as f32 / 100.0
    })
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}

/// Each parameter by name and shape, unknown sizes as `_`.
fn list_parameters(net: &impl Network<f32>) {
    for parameter in net.parameters() {
        println!("  {parameter}");
    }
}

fn show_error<T>(result: Result<T, Error>) {
    match result {
        Ok(_) => println!("no error"),
        Err(error) => println!("error: {error}"),
    }
}
