//! Runs PyTorch's cases: `reference DIR [--manifest NAME] [--filter TEXT]`.

use netdsl_tests::reference::{Outcome, SECTIONS, Selection, run};
use std::path::{Path, PathBuf};
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
    match report.totals() {
        (0, 0, skipped) => {
            eprintln!("no case was run: {}", reason(&folder, &selection, skipped));
            ExitCode::from(2)
        }
        (_, 0, _) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Why no case was run.
fn reason(folder: &Path, Selection { manifest, filter }: &Selection, skipped: usize) -> String {
    let there = SECTIONS
        .iter()
        .any(|section| folder.join(section).join(manifest).exists());
    let folder = folder.display();
    if !there {
        format!(
            "there is no {manifest} in a section ({}) of {folder}",
            SECTIONS.join(", ")
        )
    } else if skipped > 0 {
        format!("of {skipped} cases none has its file")
    } else if filter.is_empty() {
        format!("the manifests of {folder} list none")
    } else {
        format!("no id contains \"{filter}\"")
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
