//! Runs PyTorch's cases: `reference DIR [--manifest NAME] [--filter TEXT]`.

use netdsl_tests::reference::{Outcome, Selection, run};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: reference DIR [--manifest NAME] [--filter TEXT]";

fn main() -> ExitCode {
    let (folder, selection) = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if !folder.is_dir() {
        eprintln!("{} is no folder", folder.display());
        return ExitCode::from(2);
    }
    // A panic counts as a failure of its case and is told there.
    std::panic::set_hook(Box::new(|_| {}));
    let report = run(&folder, &selection, &mut |id, outcome| {
        if let Outcome::Failed(differences) = outcome {
            println!("{id}: {}", differences.join("; "));
        }
    });
    println!("{report}");
    if report.totals().1 == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<(PathBuf, Selection), String> {
    let (mut folder, mut selection) = (None, Selection::default());
    while let Some(argument) = given.next() {
        let mut value = || {
            given
                .next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--manifest" => selection.manifest = value()?,
            "--filter" => selection.filter = value()?,
            option if option.starts_with("--") => {
                return Err(format!("there is no option {option}"));
            }
            _ if folder.is_some() => return Err(format!("{argument} is a second folder")),
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    Ok((folder.ok_or("which folder?")?, selection))
}
