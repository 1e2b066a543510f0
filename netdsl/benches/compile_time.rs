//! What compiling costs: networks of up to 2,000 layers, and a program that trains an MLP.
//!
//! `cargo bench -p netdsl --bench compile_time` does both; `-- layers` the first only, `-- hello` the
//! second. `-- hello <folder>…` measures the programs in those folders beside netdsl's own, each
//! with a `src/model.rs` in which the width 256 is changed for the rebuild. Builds are cold for
//! everything but downloads.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const NETDSL: &str = env!("CARGO_MANIFEST_DIR");
const SCRATCH: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/compile_time");

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let what = arguments.first().map_or("", String::as_str);
    if ["", "layers"].contains(&what) {
        layers()?;
    }
    if ["", "hello"].contains(&what) {
        let programs = arguments.iter().skip(1).map(PathBuf::from);
        hello(&programs.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Checks networks of many layers: in a chain, and with `forward` written out.
fn layers() -> Outcome<()> {
    println!("### Checking a network against its layers: CPU seconds beyond those of ten layers\n");
    println!(
        "| layers | in a chain | times | `forward` written out | times |\n|---:|---:|---:|---:|---:|"
    );
    let none = [check(10, chain)?, check(10, written)?];
    let mut before: Option<(usize, [f64; 2])> = None;
    for count in [100, 500, 1000, 2000] {
        let now = [
            check(count, chain)? - none[0],
            check(count, written)? - none[1],
        ];
        let times = |i: usize| {
            before.map_or("–".to_owned(), |(_, before)| {
                format!("{:.1}", now[i] / before[i])
            })
        };
        println!(
            "| {count} | {:.2} | {} | {:.2} | {} |",
            now[0],
            times(0),
            now[1],
            times(1)
        );
        if let (2000, Some((1000, thousand))) = (count, before) {
            let slope = |i: usize| (now[i] / thousand[i]).log2();
            println!("\nTen layers take {:.2} s and {:.2} s. ", none[0], none[1]);
            println!(
                "Slope over the last two: {:.2} and {:.2}.\n",
                slope(0),
                slope(1)
            );
        }
        before = Some((count, now));
    }
    Ok(())
}

/// A network without `forward`.
fn chain(count: usize) -> String {
    let fields = (0..count).map(|i| format!("        l{i}: Linear<_, 64>,\n"));
    format!("{}    }}\n", fields.collect::<String>())
}

/// The same with its `forward`.
fn written(count: usize) -> String {
    let calls = (0..count).map(|i| format!("        let x = l{i}(x);\n"));
    let body: String = calls.collect();
    format!(
        "{}\n    fn forward(x: [_]) -> [64] {{\n{body}        x\n    }}\n",
        chain(count)
    )
}

/// Without what an earlier check left: an incremental one does little.
const CHECK: [&str; 3] = ["--config", "build.incremental=false", "check"];

/// CPU seconds of `cargo check` once everything else is checked: the lesser of two.
fn check(count: usize, network: fn(usize) -> String) -> Outcome<f64> {
    let package = Path::new(SCRATCH).join("layers");
    let text = format!(
        "use netdsl::prelude::*;\n\nnetwork! {{\n    struct Deep {{\n{}}}\n\n\
         fn main() -> Result<(), Error> {{\n    network!(Deep)?.bind([64])\n}}\n",
        network(count)
    );
    write_package(&package, "layers", &[("main.rs", "fn main() {}\n")])?;
    cargo(&package, &CHECK)?;
    let mut least = f64::INFINITY;
    for round in 0..2 {
        // Another text each time, so that cargo sees a change.
        std::fs::write(package.join("src/main.rs"), format!("{text}// {round}\n"))?;
        least = least.min(cargo(&package, &CHECK)?.cpu);
    }
    Ok(least)
}

/// Builds programs that train an MLP, cold and after a change.
fn hello(others: &[PathBuf]) -> Outcome<()> {
    let own = Path::new(SCRATCH).join("hello-netdsl");
    let sources = [("main.rs", HELLO), ("model.rs", HELLO_MODEL)];
    write_package(&own, "hello-netdsl", &sources)?;
    println!("### Building a program that trains an MLP: seconds (CPU seconds)\n");
    println!("| | crates | release, cold | release, rebuild | debug, cold | debug, rebuild |");
    println!("|---|---:|---:|---:|---:|---:|");
    for folder in [&own].into_iter().chain(others) {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let package = Path::new(SCRATCH).join("hello").join(&name);
        let _ = std::fs::remove_dir_all(&package);
        copy(folder, &package)?;
        cargo(&package, &["fetch"])?;
        let (release, crates) = cold_and_rebuilt(&package, &["build", "--release"])?;
        let (debug, _) = cold_and_rebuilt(&package, &["build"])?;
        println!("| {name} | {crates} | {release} | {debug} |");
    }
    Ok(())
}

/// A cold build, and the middle of three after a change; and how many crates were compiled.
fn cold_and_rebuilt(package: &Path, command: &[&str]) -> Outcome<(String, usize)> {
    let cold = cargo(package, command)?;
    let model = package.join("src/model.rs");
    let text = std::fs::read_to_string(&model)?;
    let mut walls = Vec::new();
    for width in ["257", "258", "259"] {
        std::fs::write(&model, text.replace("256", width))?;
        walls.push(cargo(package, command)?.wall);
    }
    std::fs::write(&model, text)?;
    walls.sort_by(f64::total_cmp);
    let shown = format!("{:.1} ({:.1}) | {:.2}", cold.wall, cold.cpu, walls[1]);
    Ok((shown, cold.crates))
}

/// What a command took.
struct Cost {
    wall: f64,
    cpu: f64,
    crates: usize,
}

/// Runs cargo on a package, which has a target folder of its own.
fn cargo(package: &Path, arguments: &[&str]) -> Outcome<Cost> {
    let (start, before) = (Instant::now(), children_seconds()?);
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTFLAGS")
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("cargo {}: {log}", arguments.join(" ")).into());
    }
    let compiled = log
        .lines()
        .filter(|line| line.trim_start().starts_with("Compiling "));
    Ok(Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: children_seconds()? - before,
        crates: compiled.count(),
    })
}

/// CPU seconds of this program's children so far, from `proc(5)`: `cutime` and `cstime`, in
/// hundredths.
fn children_seconds() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat
        .rsplit_once(')')
        .ok_or("no fields in /proc/self/stat")?;
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}

/// Writes a package that depends on this one, with the profile of release builds that the others have.
fn write_package(package: &Path, name: &str, sources: &[(&str, &str)]) -> Outcome<()> {
    std::fs::create_dir_all(package.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nnetdsl = {{ path = \"{NETDSL}\" }}\nndarray = {{ version = \"0.17.2\", default-features = false }}\n\n\
         [profile.release]\nopt-level = 3\nlto = \"thin\"\ncodegen-units = 1\n"
    );
    std::fs::write(package.join("Cargo.toml"), manifest)?;
    std::fs::copy(
        format!("{NETDSL}/../Cargo.lock"),
        package.join("Cargo.lock"),
    )?;
    for (file, text) in sources {
        std::fs::write(package.join("src").join(file), text)?;
    }
    Ok(())
}

/// Copies a package without its target folder.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (path, to) = {
            let entry = entry?;
            (entry.path(), to.join(entry.file_name()))
        };
        if path.ends_with("target") {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            // Written anew, not copied: what is copied would stay read-only.
            std::fs::write(&to, std::fs::read(&path)?)?;
        }
    }
    Ok(())
}

const HELLO: &str = r#"mod model;

use ndarray::{Array1, Array2};
use netdsl::Error;
use netdsl::prelude::network;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};

fn main() -> Result<(), Error> {
    let mut mlp = network!(model::Mlp)?;
    let x = Array2::from_shape_fn((64, 784), |(i, j)| ((i * 784 + j) as f32).sin());
    let y = Array1::from_shape_fn(64, |i| (i % 10) as f32);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1))?;
    for _ in 0..20 {
        println!("{}", trainer.step(&mut mlp, &x, &y)?);
    }
    Ok(())
}
"#;

const HELLO_MODEL: &str = "use netdsl::prelude::*;

network! {
    pub struct Mlp {
        fc1: Linear<_, 256>,
        act: Relu,
        fc2: Linear<_, 10>,
    }
}
";
