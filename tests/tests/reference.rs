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
