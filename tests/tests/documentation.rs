//! The tables of shapes in the documentation that rustdoc makes, held against those of networks that were built.

use netdsl::{Network, Status, Summary, network};
use netdsl_tests::documented::{Encoder, Placed, Tagger, Whole};
use std::process::Command;
use std::{env, fs, path::Path};

/// The text of the alias's page: `type.EncoderShapes.html`.
fn page(network: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target/tests");
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args([
            "doc",
            "--locked",
            "--no-deps",
            "--lib",
            "-p",
            "netdsl-tests",
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(&root)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let page = target.join(format!(
        "doc/netdsl_tests/documented/type.{network}Shapes.html"
    ));
    text(&fs::read_to_string(page).expect("the page is there"))
}

/// HTML without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text += piece.split_once('>').map_or("", |(_, text)| text);
    }
    text.replace("&lt;", "<").replace("&gt;", ">")
}

/// The row of a layer, without its name.
fn row(page: &str, layer: &str) -> String {
    let start = format!("    pub {layer}: ");
    let mut lines = page.lines().filter_map(|line| line.strip_prefix(&start));
    let row = lines
        .next()
        .unwrap_or_else(|| panic!("no row {layer} in {page}"));
    row.trim_end_matches(',').to_owned()
}

/// The rows as the table of a network that was built says them.
fn expected(summary: &Summary, layer: &str, kind: &str) -> String {
    let own = format!("{layer}.");
    let rows = summary
        .rows
        .iter()
        .filter(|row| row.path == layer || row.path.starts_with(&own));
    let rows: Vec<_> = rows.collect();
    let shown = |size: &Option<usize>| size.map_or("-1".to_owned(), |size| size.to_string());
    let output = rows
        .last()
        .and_then(|row| row.output.as_ref())
        .expect("the number of axes is known");
    let output: Vec<String> = output.iter().map(shown).collect();
    let open = rows.iter().any(|row| row.open);
    let count = (!open).then(|| rows.iter().map(|row| row.count).sum());
    let status = match rows.iter().any(|row| row.status == Status::Waiting) {
        true => "Waiting",
        false => "Static",
    };
    format!(
        "Row<{kind}, Output<{}>, Parameters<{}>, {status}>",
        output.join(", "),
        shown(&count)
    )
}

#[test]
fn rustdoc_shows_the_shapes_that_the_compiler_infers() {
    let encoder = page("Encoder");
    assert_eq!(
        row(&encoder, "conv2"),
        "Row<Conv2d, Output<16, -1, -1>, Parameters<2416>, Static>"
    );
    let summary = network!(Encoder).unwrap().summary();
    for (layer, kind) in [("conv1", "Conv2d"), ("conv2", "Conv2d"), ("fc", "Linear")] {
        assert_eq!(row(&encoder, layer), expected(&summary, layer, kind));
    }
    assert!(
        encoder.contains("Conv2d<_, 6, 5>(padding = 2)"),
        "{encoder}"
    );

    let whole = page("Whole");
    let summary = network!(Whole).unwrap().summary();
    let kinds = [
        ("encoder", "Encoder"),
        ("blocks", "Stack<Linear>"),
        ("head", "Linear"),
    ];
    for (layer, kind) in kinds {
        assert_eq!(row(&whole, layer), expected(&summary, layer, kind));
    }
    assert_eq!(row(&whole, "type"), expected(&summary, "type", "Linear"));

    assert_eq!(
        row(&whole, "dropout"),
        "Row<Option<Dropout>, OutputEnding, Parameters<0>, Absent>"
    );

    let tagger = page("Tagger");
    let summary = network!(Tagger<_>).unwrap().summary();
    for (layer, kind) in [("embed", "Embedding"), ("lstm", "Lstm"), ("out", "Linear")] {
        assert_eq!(row(&tagger, layer), expected(&summary, layer, kind));
    }
}

#[test]
fn what_a_parameter_of_the_network_decides_is_open_in_its_documentation() {
    let around = page("Around");
    assert_eq!(
        row(&around, "before"),
        "Row<Linear, OutputEnding<8>, Parameters<40>, Static>"
    );
    assert_eq!(
        row(&around, "inner"),
        "Row<Generic, OutputEnding, Parameters<-1>, Waiting>"
    );
    assert!(row(&around, "after").ends_with("Parameters<-1>, Waiting>"));
}

#[test]
fn what_has_no_batch_keeps_all_axes_and_what_a_given_kind_has_is_open() {
    let placed = page("Placed");
    assert_eq!(
        row(&placed, "places"),
        "Row<Embedding, Output<5, 8>, Parameters<128>, Static>"
    );
    assert!(row(&placed, "given").ends_with("Parameters<-1>, Waiting>"));
    let summary = network!(Placed).unwrap().summary();
    assert_eq!(
        row(&placed, "places"),
        expected(&summary, "places", "Embedding")
    );
}
