//! The curves: what is varied, what arithmetic predicts, and the table of what was measured.

use std::fmt::Write;
use std::time::Duration;

/// A measurement.
pub struct Point {
    pub microseconds: f64,
    pub mebibytes: f64,
}

impl Point {
    pub fn new(time: Duration, bytes: usize) -> Self {
        Self {
            microseconds: time.as_secs_f64() * 1e6,
            mebibytes: bytes as f64 / (1u64 << 20) as f64,
        }
    }
}

/// Time and memory against one size.
pub struct Curve {
    pub name: &'static str,
    pub what: &'static str,
    pub xs: &'static [usize],
    /// The exponent that arithmetic has for large sizes.
    pub exponent: f64,
    pub why: &'static str,
    pub points: Vec<Point>,
}

const fn curve(
    name: &'static str,
    what: &'static str,
    xs: &'static [usize],
    exponent: f64,
    why: &'static str,
) -> Curve {
    let points = Vec::new();
    Curve {
        name,
        what,
        xs,
        exponent,
        why,
        points,
    }
}

/// All curves, with no points yet.
pub fn all() -> Vec<Curve> {
    let batches = &[1, 4, 16, 64, 256, 1024, 4096];
    let depths = &[10, 30, 100, 300, 1000];
    let parameters = &[1_000_000, 10_000_000, 100_000_000, 500_000_000];
    vec![
        curve(
            "batch, MLP",
            "training step of an MLP 784-256-256-10 against the batch",
            batches,
            1.0,
            "every sample costs the same; below about 16 the 270,000 weights do, which are updated once a \
             step",
        ),
        curve(
            "batch, LeNet-5",
            "training step of LeNet-5 against the batch",
            batches,
            1.0,
            "every sample costs the same; small batches share the cost of updating the weights",
        ),
        curve(
            "width",
            "training step of an MLP of three layers, batch 64, against its width",
            &[64, 128, 256, 512, 1024, 2048, 4096],
            2.0,
            "a product is batch × width × width; narrow ones are bound by their batch × width results",
        ),
        curve(
            "depth",
            "training step of layers 64 wide, batch 16, against their number",
            depths,
            1.0,
            "every layer costs the same",
        ),
        curve(
            "depth, binding",
            "building and binding that network, drawing included",
            depths,
            1.0,
            "every layer has as many sizes, paths and weights",
        ),
        curve(
            "depth, planning",
            "tracing, differentiating and planning its training step",
            depths,
            1.0,
            "a fixed number of nodes a layer, each looked at a fixed number of times",
        ),
        curve(
            "parameters",
            "training step of two wide layers, batch 16, against their parameters",
            parameters,
            1.0,
            "memory: every weight is read for the result and for the gradient of the input, its own \
             gradient is written and read, and it is updated",
        ),
        curve(
            "parameters, construction",
            "building and binding that network, drawing included",
            parameters,
            1.0,
            "every weight is drawn and written once",
        ),
        curve(
            "image",
            "training step of two convolutions, batch 8, against height and width of the image",
            &[16, 32, 64, 128, 256, 512],
            2.0,
            "every pixel costs the same",
        ),
        curve(
            "sequence, LSTM",
            "training step of an LSTM 64 wide, batch 16, against the steps of its sequence",
            &[8, 32, 128, 512],
            1.0,
            "every step of the sequence costs the same",
        ),
        curve(
            "sequence, attention",
            "training step of a transformer's encoder layer 64 wide, batch 4, against its sequence",
            &[16, 64, 256, 1024],
            2.0,
            "attention weighs every pair; below about 500 steps the products with weights, which \
             grow with the sequence itself, cost more",
        ),
    ]
}

impl Curve {
    /// The measurements, in Markdown.
    pub fn table(&self) -> String {
        let mut text = format!("### {}: {}\n\n", self.name, self.what);
        text += "| size | µs | times the one before | MiB |\n|---:|---:|---:|---:|\n";
        let mut before: Option<f64> = None;
        for (x, point) in self.xs.iter().zip(&self.points) {
            let time = point.microseconds;
            let ratio = before.map_or("–".to_owned(), |before| format!("{:.1}", time / before));
            let _ = writeln!(
                text,
                "| {x} | {time:.1} | {ratio} | {:.2} |",
                point.mebibytes
            );
            before = Some(time);
        }
        let count = self.points.len();
        let _ = writeln!(
            text,
            "\nSlope {:.2} over all sizes, {:.2} over the last two; arithmetic: {}, for {}.\n",
            self.slope(0),
            self.slope(count.saturating_sub(2)),
            self.exponent,
            self.why,
        );
        text
    }

    /// The exponent of growth, by least squares in logarithms, from a point on.
    fn slope(&self, first: usize) -> f64 {
        let logs: Vec<(f64, f64)> = self.xs[first..]
            .iter()
            .zip(&self.points[first..])
            .map(|(&x, point)| ((x as f64).ln(), point.microseconds.ln()))
            .collect();
        let count = logs.len() as f64;
        let mean_x = logs.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = logs.iter().map(|(_, y)| y).sum::<f64>() / count;
        let above: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let below: f64 = logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        above / below
    }
}

/// The page around the tables.
pub fn page(tables: &str) -> String {
    format!(
        "# How cost grows\n\nWritten by `cargo bench -p netdsl --bench scaling`: the least time of a call, and the most \
         memory held at once (parameters, gradients and results, without the data).\n\n\
         ![time against size](scaling.svg)\n\n{tables}"
    )
    .trim_end()
    .to_owned()
        + "\n"
}
