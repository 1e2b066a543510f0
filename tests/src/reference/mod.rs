//! Cases made by PyTorch, run through netdsl: whole folders of them, described by manifests alone.

mod classes;
mod compare;
mod fresh;
mod init;
mod manifest;
mod models;
mod module;
mod optimizer;
mod options;
mod report;
mod schedule;
mod tensors;

pub use report::Report;

use manifest::{Case, Manifest};
use std::path::Path;

/// What to run of a folder.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The file name of the manifests.
    pub manifest: String,
    /// Only cases with this in their id.
    pub filter: String,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            manifest: "manifest.json".to_owned(),
            filter: String::new(),
        }
    }
}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// What differs and by how much.
    Failed(Vec<String>),
    /// Its file is not there.
    Skipped,
}

/// Runs a case; gives what differs, or why it cannot be run.
type Runner = fn(&Case<'_>) -> Result<Vec<String>, String>;

/// The sections of a folder.
pub const SECTIONS: [&str; 5] = ["modules", "optim", "schedulers", "init", "models"];

/// What runs the cases of each section.
const RUNNERS: [Runner; SECTIONS.len()] = [
    module::run,
    optimizer::run,
    schedule::run,
    init::run,
    models::run,
];

/// Runs the cases of a folder: those of the sections that are there, `seen` being told of each.
pub fn run(folder: &Path, selection: &Selection, seen: &mut dyn FnMut(&str, &Outcome)) -> Report {
    let mut report = Report::default();
    for (section, runner) in SECTIONS.into_iter().zip(RUNNERS) {
        let folder = folder.join(section);
        let path = folder.join(&selection.manifest);
        if !path.exists() {
            continue;
        }
        let manifest = match Manifest::read(&path) {
            Ok(manifest) => manifest,
            Err(why) => {
                let outcome = Outcome::Failed(vec![why]);
                seen(&path.display().to_string(), &outcome);
                report.add(section, "manifest", &outcome);
                continue;
            }
        };
        for value in manifest.cases() {
            let case = Case {
                value,
                folder: &folder,
            };
            let id = case.id();
            if !id.contains(&selection.filter) {
                continue;
            }
            let outcome = outcome(&case, runner);
            seen(&id, &outcome);
            report.add(section, &case.group(), &outcome);
        }
        for (number, why) in manifest
            .gain_mistakes(&selection.filter)
            .into_iter()
            .enumerate()
        {
            let outcome = Outcome::Failed(vec![why]);
            seen(&format!("gains {number}"), &outcome);
            report.add(section, "gains", &outcome);
        }
    }
    report
}

/// Runs one case; a panic is a failure as any other.
fn outcome(case: &Case<'_>, runner: Runner) -> Outcome {
    if case.missing_file() {
        return Outcome::Skipped;
    }
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runner(case)));
    match result {
        Ok(Ok(differences)) if differences.is_empty() => Outcome::Passed,
        Ok(Ok(differences)) => Outcome::Failed(differences),
        Ok(Err(why)) => Outcome::Failed(vec![why]),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            Outcome::Failed(vec![format!("panicked: {text}")])
        }
    }
}
