//! Six workloads that other libraries are measured on too: whole networks, as a user writes them.
//!
//! `cargo bench -p netdsl --bench workloads -- <name> <workload> [seconds] [case-filter]` prints one
//! line of JSON a case: microseconds of single steps. The name is only repeated in the lines;
//! `RAYON_NUM_THREADS` limits the threads.
//!
//! | | network | batches |
//! |---|---|---|
//! | w1 | MLP 784-256-256-10 | 64 (training), 64, 1 |
//! | w2 | LeNet-5 on 1x28x28 | 64 (training), 64, 1 |
//! | w3 | ResNet of six blocks on 3x32x32, batch norm | 32 |
//! | w4 | two transformer blocks, d 128, 4 heads, sequence 64 | 16 |
//! | w5 | MLP 1024-4096-4096-1000 | 256 |
//! | w6 | construction of an MLP of 100.2 M parameters | |
//! | costs | binding, planning for other shapes, a network of given sizes against one of `_` | |

mod common;

use common::{BATCHES, LeNet, Mlp, Outcome, Random};
use ndarray::ArrayD;
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Sgd, Trainer};
use std::time::{Duration, Instant};

network! {
    struct WideMlp {
        fc1: Linear<_, 4096>,
        fc2: Linear<_, 4096>,
        head: Linear<_, 1000>,
    }

    fn forward(x: [_]) -> [1000] {
        head(fc2(fc1(x).relu()).relu())
    }

    struct LargeMlp {
        fc1: Linear<_, 6144>,
        fc2: Linear<_, 6144>,
        fc3: Linear<_, 6144>,
        head: Linear<_, 3000>,
    }

    fn forward(x: [_]) -> [3000] {
        head(fc3(fc2(fc1(x).relu()).relu()).relu())
    }
}

network! {
    struct EagerLeNet {
        conv1: Conv2d<1, 6, 5>(padding = 2),
        conv2: Conv2d<6, 16, 5>,
        fc1: Linear<400, 120>,
        fc2: Linear<120, 84>,
        head: Linear<84, 10>,
    }

    fn forward(image: [1, 28, 28]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        head(fc2(fc1(x).relu()).relu())
    }
}

network! {
    struct Block<channels, stride> {
        conv1: Conv2d<_, channels, 3>(padding = 1, stride = stride, bias = false),
        norm1: BatchNorm2d<_>,
        conv2: Conv2d<_, channels, 3>(padding = 1, bias = false),
        norm2: BatchNorm2d<_>,
        short: Option<Conv2d<_, channels, 1>(stride = stride, bias = false)>(when = stride != 1),
        norm3: Option<BatchNorm2d<_>>(when = stride != 1),
    }

    fn forward(x: [_, _, _]) -> [channels, _, _] {
        let y = norm2(conv2(norm1(conv1(x)).relu()));
        (y + norm3(short(x))).relu()
    }
}

network! {
    struct ResNet {
        conv: Conv2d<_, 16, 3>(padding = 1, bias = false),
        norm: BatchNorm2d<_>,
        stage1: [Block<16, 1>; 2],
        down2: Block<32, 2>,
        stage2: Block<32, 1>,
        down3: Block<64, 2>,
        stage3: Block<64, 1>,
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = stage1(norm(conv(image)).relu());
        let x = stage3(down3(stage2(down2(x))));
        head(x.adaptive_avg_pool2d(1).flatten())
    }
}

network! {
    struct Encoder {
        norm1: LayerNorm<_>,
        qkv: Linear<_, 384>,
        out: Linear<_, 128>,
        norm2: LayerNorm<_>,
        up: Linear<_, 512>,
        down: Linear<_, 128>,
    }

    fn forward(x: [_, 128]) -> [_, 128] {
        let [q, k, v] = qkv(norm1(x)).chunk(-1);
        let q = q.reshape([_, 4, 32]).permute([0, 2, 1, 3]);
        let k = k.reshape([_, 4, 32]).permute([0, 2, 1, 3]);
        let v = v.reshape([_, 4, 32]).permute([0, 2, 1, 3]);
        let weights = q.matmul(k.transpose(-2, -1)).scale(0.17677669529663687).softmax(-1);
        let mixed = weights.matmul(v).permute([0, 2, 1, 3]).reshape([_, 128]);
        let x = x + out(mixed);
        x + down(up(norm2(x)).relu())
    }
}

network! {
    struct Transformer {
        blocks: [Encoder; 2],
        norm: LayerNorm<_>,
        head: Linear<_, 10>,
    }

    fn forward(x: [_, _]) -> [10] {
        head(norm(blocks(x)).mean(1))
    }
}

network! {
    struct Recurrent {
        lstm: Lstm<_, 64>,
        head: Linear<_, 10>,
    }

    fn forward(x: [_, _]) -> [10] {
        let (y, _) = lstm(x);
        head(y.mean(1))
    }
}

fn main() -> Outcome<()> {
    let Some(bench) = Bench::from_arguments() else {
        eprintln!("usage: workloads <name> <w1 … w6, costs> [seconds] [case-filter]");
        return Ok(());
    };
    match bench.workload.as_str() {
        "w1" => {
            let net = network!(Mlp)?;
            infer(&bench, &[64, 784], &[64, 1], |x| net.forward(x))?;
            train(&bench, network!(Mlp)?, &[64, 784], 10)?;
            train_adam(&bench, network!(Mlp)?, &[64, 784], 10)
        }
        "w2" => {
            let net = network!(LeNet)?;
            infer(&bench, &[64, 1, 28, 28], &[64, 1], |x| net.forward(x))?;
            train(&bench, network!(LeNet)?, &[64, 1, 28, 28], 10)
        }
        "w3" => {
            let net = network!(ResNet)?;
            infer(&bench, &[32, 3, 32, 32], &[32], |x| net.forward(x))?;
            train(&bench, network!(ResNet)?, &[32, 3, 32, 32], 10)
        }
        "w4" => {
            let net = network!(Transformer)?;
            infer(&bench, &[16, 64, 128], &[16], |x| net.forward(x))?;
            train(&bench, network!(Transformer)?, &[16, 64, 128], 10)
        }
        "w5" => {
            let net = network!(WideMlp)?;
            infer(&bench, &[256, 1024], &[256], |x| net.forward(x))?;
            train(&bench, network!(WideMlp)?, &[256, 1024], 1000)
        }
        "w6" => bench.case_keeping("init.100M", 1, || {
            let net = network!(LargeMlp)?;
            net.bind([1024])?;
            Ok((net.parameter("head.weight")?[[0, 0]], net))
        }),
        "costs" => costs(&bench),
        other => Err(format!("unknown workload {other}").into()),
    }
}

/// The forward pass, reading one number back.
fn infer(
    bench: &Bench,
    shape: &[usize],
    batches: &[usize],
    forward: impl Fn(&ArrayD<f32>) -> Result<ArrayD<f32>, Error>,
) -> Outcome<()> {
    let mut random = Random(7);
    for &batch in batches {
        let x = random.array(batch, &shape[1..])?;
        let step = || Ok(forward(&x)?.first().copied().unwrap_or_default());
        bench.case(&format!("infer.b{batch}"), batch, step)?;
    }
    Ok(())
}

fn train<N: Network<f32>>(bench: &Bench, mut net: N, shape: &[usize], classes: u32) -> Outcome<()> {
    let (data, mut i) = (Random(8).batches(shape, classes)?, 0);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(1e-3).momentum(0.9))?;
    bench.case(&format!("train_sgd.b{}", shape[0]), shape[0], || {
        i += 1;
        let (x, y) = &data[i % BATCHES];
        Ok(trainer.step(&mut net, x, y)?)
    })
}

fn train_adam<N: Network<f32>>(
    bench: &Bench,
    mut net: N,
    shape: &[usize],
    classes: u32,
) -> Outcome<()> {
    let (data, mut i) = (Random(8).batches(shape, classes)?, 0);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(1e-4))?;
    bench.case(&format!("train_adam.b{}", shape[0]), shape[0], || {
        i += 1;
        let (x, y) = &data[i % BATCHES];
        Ok(trainer.step(&mut net, x, y)?)
    })
}

/// What comes before a step: subtract `draw` from `bind`.
fn costs(bench: &Bench) -> Outcome<()> {
    bench.case_keeping("bind.lenet", 1, || {
        let net = network!(LeNet)?;
        net.bind([1, 28, 28])?;
        Ok((0.0, net))
    })?;
    let mut out = vec![0f32; 61_706];
    bench.case("draw.lenet", 1, || {
        let stream = netdsl::init::stream(0, "weight");
        netdsl::init::fill(
            &Init::kaiming_uniform(),
            &[2, 61_706 / 2],
            None,
            stream,
            &mut out,
        )?;
        Ok(out[0])
    })?;
    // More shapes of each than a network keeps plans for.
    let batch = |size| (size, vec![1, 28, 28]);
    let sequence = |length, features| (1, vec![length, features]);
    replan(bench, "lenet.b1-24", network!(LeNet)?, (1..=24).map(batch))?;
    let sequences = (8..32).map(|length| sequence(length, 128));
    replan(
        bench,
        "transformer.s8-31",
        network!(Transformer)?,
        sequences,
    )?;
    let sequences = (8..32).map(|length| sequence(length, 64));
    replan(bench, "lstm.s8-31", network!(Recurrent)?, sequences)?;
    let (net, eager) = (network!(LeNet)?, network!(EagerLeNet)?);
    let x = Random(7).array(64, &[1, 28, 28])?;
    for _ in 0..2 {
        bench.case("deferred.lenet.b64", 64, || Ok(net.forward(&x)?[[0, 0]]))?;
        bench.case("eager.lenet.b64", 64, || Ok(eager.forward(&x)?[[0, 0]]))?;
    }
    Ok(())
}

/// What a forward takes on a shape that there is no plan for, beyond what it takes once there is one.
fn replan(
    bench: &Bench,
    case: &str,
    net: impl Network<f32>,
    shapes: impl Iterator<Item = (usize, Vec<usize>)>,
) -> Outcome<()> {
    let mut random = Random(7);
    let inputs = shapes
        .map(|(batch, sample)| random.array(batch, &sample))
        .collect::<Outcome<Vec<_>>>()?;
    let mut i = 0;
    bench.case_timed(&format!("replan.{case}"), 1, || {
        i += 1;
        let forward = || -> Outcome<Duration> {
            let start = Instant::now();
            net.run(&[inputs[i % inputs.len()].view()])?;
            Ok(start.elapsed())
        };
        let (new, again) = (forward()?, forward()?);
        Ok((0.0, new.saturating_sub(again)))
    })
}

struct Bench {
    name: String,
    workload: String,
    seconds: f64,
    filter: String,
}

impl Bench {
    /// What the command line asks for; cargo adds `--bench`.
    fn from_arguments() -> Option<Self> {
        let mut arguments = std::env::args()
            .skip(1)
            .filter(|argument| argument != "--bench");
        Some(Self {
            name: arguments.next()?,
            workload: arguments.next()?,
            seconds: arguments
                .next()
                .map_or(Some(1.0), |seconds| seconds.parse().ok())?,
            filter: arguments.next().unwrap_or_default(),
        })
    }

    /// Measures `step`, which returns a number to show that it did the work.
    fn case(
        &self,
        case: &str,
        batch: usize,
        mut step: impl FnMut() -> Outcome<f32>,
    ) -> Outcome<()> {
        self.case_keeping(case, batch, || Ok((step()?, ())))
    }

    /// As [`Self::case`]; what the step returns beside the number is dropped outside the timing.
    fn case_keeping<T>(
        &self,
        case: &str,
        batch: usize,
        mut step: impl FnMut() -> Outcome<(f32, T)>,
    ) -> Outcome<()> {
        self.case_timed(case, batch, || {
            let start = Instant::now();
            let (probe, kept) = step()?;
            let took = start.elapsed();
            drop(kept);
            Ok((probe, took))
        })
    }

    /// As [`Self::case`], of a step that says itself how long it took.
    fn case_timed(
        &self,
        case: &str,
        batch: usize,
        mut timed: impl FnMut() -> Outcome<(f32, Duration)>,
    ) -> Outcome<()> {
        let case = format!("{}.{case}", self.workload);
        if !case.contains(&self.filter) {
            return Ok(());
        }
        let begin = Instant::now();
        let (first, _) = timed()?;
        while begin.elapsed() < Duration::from_millis(400) {
            timed()?;
        }
        let (mut times, begin) = (Vec::new(), Instant::now());
        let last = loop {
            let (probe, took) = timed()?;
            times.push(took.as_secs_f64() * 1e6);
            let spent = begin.elapsed().as_secs_f64();
            if spent > 8.0 || (spent > self.seconds && times.len() >= 5) {
                break probe;
            }
        };
        times.sort_by(f64::total_cmp);
        let (name, n) = (&self.name, times.len());
        let (min, median, max) = (times[0], times[n / 2], times[n - 1]);
        println!(
            r#"{{"peer":"{name}","case":"{case}","batch":{batch},"n":{n},"min_us":{min:.2},"median_us":{median:.2},"max_us":{max:.2},"first":{first:.4},"last":{last:.4}}}"#
        );
        Ok(())
    }
}
