//! The curves as a picture: a panel for each, both axes logarithmic.

use crate::curve::Curve;
use std::fmt::Write;

const PANEL: (f64, f64) = (300.0, 220.0);
const COLUMNS: usize = 3;
/// Room for the numbers beside a panel's axes: left, below, above, right.
const MARGIN: (f64, f64, f64, f64) = (50.0, 26.0, 28.0, 12.0);

/// The picture.
pub fn svg(curves: &[Curve]) -> String {
    let rows = curves.len().div_ceil(COLUMNS);
    let (width, height) = (PANEL.0 * COLUMNS as f64, PANEL.1 * rows as f64 + 20.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"10\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for (index, curve) in curves.iter().enumerate() {
        let (left, top) = (
            PANEL.0 * (index % COLUMNS) as f64,
            PANEL.1 * (index / COLUMNS) as f64,
        );
        let _ = writeln!(text, "<g transform=\"translate({left},{top})\">");
        panel(&mut text, curve);
        text += "</g>\n";
    }
    let _ = writeln!(
        text,
        "<text x=\"10\" y=\"{}\">µs against size; dashed: what arithmetic predicts from the largest size down</text>\n</svg>",
        height - 7.0
    );
    text
}

/// A range of powers of ten, and where it lies in the picture.
struct Scale {
    powers: (i32, i32),
    ends: (f64, f64),
}

impl Scale {
    fn new(values: impl Iterator<Item = f64> + Clone, ends: (f64, f64)) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).log10().floor() as i32;
        let most = values.fold(1e-9, f64::max).log10().ceil() as i32;
        Self {
            powers: (least, most.max(least + 1)),
            ends,
        }
    }

    fn at(&self, value: f64) -> f64 {
        let (least, most) = (f64::from(self.powers.0), f64::from(self.powers.1));
        let part = ((value.log10() - least) / (most - least)).max(0.0);
        self.ends.0 + part * (self.ends.1 - self.ends.0)
    }

    /// Each power of ten, and its place.
    fn ticks(&self) -> impl Iterator<Item = (i32, f64)> + '_ {
        (self.powers.0..=self.powers.1).map(|power| (power, self.at(10f64.powi(power))))
    }
}

fn panel(text: &mut String, curve: &Curve) {
    let (left, below, above, right) = MARGIN;
    let (bottom, end) = (PANEL.1 - below, PANEL.0 - right);
    let measured = || {
        curve
            .xs
            .iter()
            .map(|&x| x as f64)
            .zip(curve.points.iter().map(|point| point.microseconds))
    };
    let across = Scale::new(measured().map(|(x, _)| x), (left, end));
    let up = Scale::new(measured().map(|(_, y)| y), (bottom, above));
    let _ = writeln!(
        text,
        "<text x=\"{left}\" y=\"18\" font-size=\"12\">{}</text>",
        curve.name
    );
    for (power, x) in across.ticks() {
        let _ = writeln!(
            text,
            "<path d=\"M{x:.1} {above}V{bottom}\" stroke=\"#ddd\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            bottom + 14.0,
            power_shown(power)
        );
    }
    for (power, y) in up.ticks() {
        let _ = writeln!(
            text,
            "<path d=\"M{left} {y:.1}H{end}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 5.0,
            y + 3.0,
            power_shown(power)
        );
    }
    let Some((last_x, last_y)) = measured().next_back() else {
        return;
    };
    let line = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        let places: Vec<String> = points
            .map(|(x, y)| format!("{:.1},{:.1}", across.at(x), up.at(y)))
            .collect();
        places.join(" ")
    };
    let predicted = |x: f64| last_y * (x / last_x).powf(curve.exponent);
    let _ = writeln!(
        text,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#999\" stroke-dasharray=\"4 3\"/>",
        line(&mut measured().map(|(x, _)| (x, predicted(x))))
    );
    let _ = writeln!(
        text,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#06c\" stroke-width=\"2\"/>",
        line(&mut measured())
    );
    for (x, y) in measured() {
        let _ = writeln!(
            text,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.5\" fill=\"#06c\"/>",
            across.at(x),
            up.at(y)
        );
    }
}

/// A power of ten in words: `10k`.
fn power_shown(power: i32) -> String {
    match power {
        ..0 => format!("{}", 10f64.powi(power)),
        0..3 => 10u64.pow(power as u32).to_string(),
        3..6 => format!("{}k", 10u64.pow(power as u32 - 3)),
        _ => format!("{}M", 10u64.pow(power as u32 - 6)),
    }
}
