//! The shared cases of PyTorch, where they are there.

use netdsl_tests::reference::{Outcome, Selection, run};
use std::path::Path;

#[test]
fn shared_cases_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return;
    }
    let mut failures = Vec::new();
    let report = run(&folder, &Selection::default(), &mut |id, outcome| {
        if let Outcome::Failed(differences) = outcome {
            failures.push(format!("{id}: {}", differences.join("; ")));
        }
    });
    println!("{report}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn malformed_folders_fail() {
    let folder = std::env::temp_dir().join(format!("netdsl-reference-{}", std::process::id()));
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("optim/manifest.json", "{");
    write(
        "schedulers/manifest.json",
        r#"{"cases": [{"id": "a", "class": "StepLR"}, 7]}"#,
    );
    write(
        "modules/manifest.json",
        r#"{"cases": [{"id": "a", "file": "none"}, {"id": "b", "file": "junk", "mode": "any"}]}"#,
    );
    write("modules/junk", "junk");
    let report = run(&folder, &Selection::default(), &mut |_, _| {});
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(report.totals(), (0, 4, 1));
}

/// Runs the program on a folder.
fn reference(folder: &Path, options: &[&str]) -> (Option<i32>, String, String) {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_reference"))
        .arg(folder)
        .args(options)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (run.status.code(), text(run.stdout), text(run.stderr))
}

#[test]
fn nothing_run_is_no_success() {
    let folder = std::env::temp_dir().join(format!("netdsl-schedules-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("schedulers")).unwrap();
    let nothing = "0 passed, 0 failed, 0 skipped\n";
    let (code, out, told) = reference(&folder, &[]);
    assert_eq!((code, out.as_str()), (Some(2), nothing));
    assert!(
        told.starts_with("no case was run: there is no manifest.json"),
        "{told}"
    );
    let cases = r#"{"cases": [
        {"id": "one", "class": "OneCycleLR", "initial_lr": 0.1, "initial_momentum": 0.9, "steps": 1,
         "kwargs": {"max_lr": 0.5, "total_steps": 2, "div_factor": 5, "pct_start": 1, "cycle_momentum": false},
         "lr": [0.1, 0.5], "momentum": [0.9, 0.9]},
        {"id": "list", "class": "ReduceLROnPlateau", "initial_lr": 0.1, "steps": 1, "metrics": [1],
         "kwargs": {"min_lr": [0.1, 0.2]}, "lr": [0.1, 0.1]},
        {"id": "chain", "class": "ChainedScheduler", "initial_lr": 0.5, "steps": 2,
         "kwargs": {"schedulers": [["ConstantLR", {"factor": 0.1, "total_iters": 2}], ["ExponentialLR", {"gamma": 0.5}]]},
         "lr": [0.05, 0.025, 0.125]}
    ]}"#;
    std::fs::write(folder.join("schedulers/manifest.json"), cases).unwrap();
    let (code, out, told) = reference(&folder, &["--filter", "tow"]);
    assert_eq!((code, out.as_str()), (Some(2), nothing));
    assert!(
        told.contains("no case was run: no id contains \"tow\""),
        "{told}"
    );
    let (code, out, _) = reference(&folder, &[]);
    std::fs::remove_dir_all(&folder).unwrap();
    // A list for several groups of parameters is refused, not taken for the default.
    let refused = "list: min_lr = [0.1,0.2] cannot be given\n";
    assert!(
        out.starts_with(refused) && out.ends_with("2 passed, 1 failed, 0 skipped\n"),
        "{out}"
    );
    assert_eq!(code, Some(1));
}
