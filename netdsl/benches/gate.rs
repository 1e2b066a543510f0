//! How many instructions steps take, compared with `gate.txt` beside this file.
//!
//! `cargo bench -p netdsl --bench gate` prints a table and fails where a count has risen by more than
//! a tenth; with `-- bless` it writes the file anew.
//!
//! Valgrind counts, so the machine need not be quiet; without it, nothing is compared. A run is
//! subtracted from one of twice the steps, which leaves neither start nor planning. There is one thread.
//! Valgrind offers no AVX-512, so the counts are of the kernels for AVX2; the file says of which, and
//! where others run nothing is compared either. A new compiler may move counts: then bless.

mod common;

use common::{BATCHES, LeNet, Mlp, Outcome, Random};
use netdsl::prelude::*;
use netdsl::train::optimizer::Rule;
use netdsl::train::{Adam, CrossEntropyLoss, Sgd, Trainer};
use std::collections::BTreeMap;
use std::process::{Command, ExitCode, Stdio};

network! {
    struct Rectified {
        fc: Linear<_, 8>,
        act: Relu,
    }

    /// So little arithmetic that what is counted is tracing and planning.
    struct Tower {
        layers: [Rectified; 20],
    }
}

/// Cases, and how many steps their short run has: those of large batches take seconds under
/// valgrind, and the second one is warm already.
const CASES: [(&str, usize); 9] = [
    ("w1.infer.b64", 1),
    ("w1.infer.b1", MANY),
    ("w1.train_sgd.b64", 1),
    ("w1.train_adam.b64", 1),
    ("w2.infer.b64", 1),
    ("w2.infer.b1", MANY),
    ("w2.train_sgd.b64", 1),
    ("bind.tower", MANY),
    ("replan.tower", MANY),
];

/// More steps than plans are kept.
const MANY: usize = 20;
/// The largest rise that passes.
const LIMIT: f64 = 0.10;
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/gate.txt");

fn main() -> Outcome<ExitCode> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run", case, steps] => run(case, steps.parse()?).map(|()| ExitCode::SUCCESS),
        ["bless"] => gate(true),
        [] => gate(false),
        _ => {
            eprintln!("usage: gate [bless]");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Runs some steps of a case: what valgrind watches.
fn run(case: &str, steps: usize) -> Outcome<()> {
    let mut step = prepare(case)?;
    (0..steps).try_for_each(|_| step())?;
    println!("{}", kernels());
    Ok(())
}

/// One step of a case.
type Step = Box<dyn FnMut() -> Outcome<()>>;

fn prepare(case: &str) -> Outcome<Step> {
    let (flat, image) = ([64, 784], [64, 1, 28, 28]);
    Ok(match case {
        "w1.infer.b64" => infer(network!(Mlp)?, &flat)?,
        "w1.infer.b1" => infer(network!(Mlp)?, &[1, 784])?,
        "w1.train_sgd.b64" => train(network!(Mlp)?, Sgd::new(1e-3).momentum(0.9), &flat)?,
        "w1.train_adam.b64" => train(network!(Mlp)?, Adam::new(1e-4), &flat)?,
        "w2.infer.b64" => infer(network!(LeNet)?, &image)?,
        "w2.infer.b1" => infer(network!(LeNet)?, &[1, 1, 28, 28])?,
        "w2.train_sgd.b64" => train(network!(LeNet)?, Sgd::new(1e-3).momentum(0.9), &image)?,
        "bind.tower" => Box::new(|| Ok(network!(Tower)?.bind([8])?)),
        "replan.tower" => replan()?,
        _ => return Err(format!("there is no case {case}").into()),
    })
}

fn infer(net: impl Network<f32> + 'static, shape: &[usize]) -> Outcome<Step> {
    let x = Random(7).array(shape[0], &shape[1..])?;
    Ok(Box::new(move || Ok(net.run(&[x.view()]).map(drop)?)))
}

fn train(
    mut net: impl Network<f32> + 'static,
    rule: impl Rule + 'static,
    shape: &[usize],
) -> Outcome<Step> {
    let (data, mut i) = (Random(8).batches(shape, 10)?, 0);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), rule)?;
    Ok(Box::new(move || {
        i += 1;
        let (x, y) = &data[i % BATCHES];
        Ok(trainer.step(&mut net, x, y).map(drop)?)
    }))
}

/// A forward of a batch size that there is no plan for: there are always new ones.
fn replan() -> Outcome<Step> {
    let (net, mut batch) = (network!(Tower)?, 0);
    Ok(Box::new(move || {
        batch += 1;
        let x = ndarray::ArrayD::zeros(vec![batch, 8]);
        Ok(net.forward(&x).map(drop)?)
    }))
}

/// The instruction set of the kernels that run here.
fn kernels() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return "avx512";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "avx2";
        }
    }
    "portable"
}

/// Counts all cases and compares them with the file, or writes it.
fn gate(bless: bool) -> Outcome<ExitCode> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: there is no valgrind to count instructions with");
        return Ok(ExitCode::SUCCESS);
    }
    let mut counts = Vec::new();
    let mut kernels = String::new();
    for (case, steps) in CASES {
        let (few, more) = (start(case, steps)?, start(case, 2 * steps)?);
        let ((few, _), (more, level)) = (count(few)?, count(more)?);
        counts.push((case, more.saturating_sub(few) / steps as u64));
        kernels = level;
    }
    if bless {
        let lines: String = counts
            .iter()
            .map(|(case, count)| format!("{case} {count}\n"))
            .collect();
        std::fs::write(BASELINE, format!("kernels {kernels}\n{lines}"))?;
    }
    let baseline = std::fs::read_to_string(BASELINE)?;
    let baseline: BTreeMap<&str, &str> = baseline
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    let of = baseline.get("kernels").copied().unwrap_or_default();
    if of != kernels {
        println!(
            "not compared: `gate.txt` counts the kernels for {of}, but here run those for {kernels}"
        );
    }
    Ok(compare(&counts, &baseline, of == kernels))
}

/// The table; fails where a count has risen too far.
fn compare(counts: &[(&str, u64)], baseline: &BTreeMap<&str, &str>, same: bool) -> ExitCode {
    println!(
        "{:20} {:>14} {:>14} {:>8}",
        "instructions a step", "before", "now", ""
    );
    let mut risen = Vec::new();
    for &(case, now) in counts {
        let before = baseline
            .get(case)
            .and_then(|count| count.parse::<u64>().ok());
        match before.filter(|_| same) {
            Some(before) => {
                let change = now as f64 / before as f64 - 1.0;
                println!("{case:20} {before:14} {now:14} {:+7.1}%", change * 100.0);
                if change > LIMIT {
                    risen.push(case);
                }
            }
            None => println!("{case:20} {:>14} {now:14}", "–"),
        }
    }
    if risen.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!(
        "risen by more than {:.0} %: {}; `cargo bench -p netdsl --bench gate -- bless` accepts that",
        LIMIT * 100.0,
        risen.join(", ")
    );
    ExitCode::FAILURE
}

/// Starts some steps of a case under valgrind.
fn start(case: &str, steps: usize) -> Outcome<std::process::Child> {
    let tool = [
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
    ];
    let child = Command::new("valgrind")
        .args(tool)
        .arg(std::env::current_exe()?)
        .args(["run", case, &steps.to_string()])
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    Ok(child)
}

/// The instructions of a run, and for which kernels.
fn count(child: std::process::Child) -> Outcome<(u64, String)> {
    let output = child.wait_with_output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    let refs = report.lines().find_map(|line| line.split_once("refs:"));
    let count = refs.and_then(|(_, count)| count.trim().replace(',', "").parse().ok());
    match count.filter(|_| output.status.success()) {
        Some(count) => Ok((
            count,
            String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        )),
        None => Err(format!("valgrind counted nothing:\n{report}").into()),
    }
}
