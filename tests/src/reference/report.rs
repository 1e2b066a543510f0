//! How the cases of a folder went, by class.

use super::Outcome;
use std::fmt;

/// Counts of a section's class.
#[derive(Clone, Debug, Default)]
struct Row {
    section: String,
    class: String,
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// How many cases went how.
#[derive(Clone, Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Counts a case.
    pub fn add(&mut self, section: &str, class: &str, outcome: &Outcome) {
        let place = self
            .rows
            .iter()
            .position(|row| row.section == section && row.class == class);
        let place = place.unwrap_or_else(|| {
            self.rows.push(Row {
                section: section.to_owned(),
                class: class.to_owned(),
                ..Row::default()
            });
            self.rows.len() - 1
        });
        let row = &mut self.rows[place];
        match outcome {
            Outcome::Passed => row.passed += 1,
            Outcome::Failed(_) => row.failed += 1,
            Outcome::Skipped => row.skipped += 1,
        }
    }

    /// How many cases passed, failed and were skipped.
    pub fn totals(&self) -> (usize, usize, usize) {
        self.rows.iter().fold((0, 0, 0), |sum, row| {
            (sum.0 + row.passed, sum.1 + row.failed, sum.2 + row.skipped)
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .rows
            .iter()
            .map(|row| row.class.chars().count())
            .max()
            .unwrap_or(0)
            .max(8);
        let mut section = "";
        for row in &self.rows {
            if row.section != section {
                section = &row.section;
                writeln!(f, "{section:width$}  passed  failed  skipped")?;
            }
            writeln!(
                f,
                "  {:width$}{:>6}  {:>6}  {:>7}",
                row.class, row.passed, row.failed, row.skipped
            )?;
        }
        let (passed, failed, skipped) = self.totals();
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}
