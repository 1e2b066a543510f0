//! The table of a network: for each layer what it gives, what it has, and since when.

use crate::error::shown;
use crate::network::Network;
use crate::network::module::{Status, walk};
use crate::network::tracing::Traced;
use crate::{Element, Error};
use std::collections::HashMap;
use std::fmt;

/// A network's layers and parameters, with what is known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The name of the network.
    pub name: String,
    /// A row for each layer that is called, in the order of declaration.
    pub rows: Vec<Row>,
    /// All parameters and buffers, in order.
    pub parameters: Vec<ParameterInfo>,
    error: Option<String>,
}

/// A layer of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its path.
    pub path: String,
    /// Its kind: `Conv2d`.
    pub kind: String,
    /// The shape it gives a sample, unknown sizes as `None`; nothing where not even the rank is known.
    pub output: Option<Vec<Option<usize>>>,
    /// There may be more axes before those of `output`: `[.., 256]`.
    pub output_open: bool,
    /// How many numbers its parameters have, as far as they are known.
    pub count: usize,
    /// Some of its parameters' sizes are not known: `count` is the least.
    pub open: bool,
    /// Since when its parameters exist.
    pub status: Status,
    /// The parameters that wait, with their shapes: `fc1.weight [120, _]`.
    pub waits_for: Vec<String>,
}

/// A parameter or buffer of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterInfo {
    /// Its path: `fc1.weight`.
    pub path: String,
    /// Its shape, unknown sizes as `None`.
    pub shape: Vec<Option<usize>>,
    /// Saved, but not trained.
    pub buffer: bool,
}

impl fmt::Display for ParameterInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, shown(&self.shape))
    }
}

impl Summary {
    pub(crate) fn of<E: Element, N: Network<E>>(
        network: &N,
        traced: &Traced,
        samples: Option<&[Vec<usize>]>,
    ) -> Self {
        let statuses = statuses::<E, N>(network);
        let order = in_order(traced);
        let mut rows = Vec::new();
        let mut parameters = Vec::new();
        for &index in &order {
            let scope = &traced.scopes[index];
            for &parameter in &scope.parameters {
                let parameter = &traced.parameters[parameter];
                parameters.push(ParameterInfo {
                    path: parameter.path.clone(),
                    shape: parameter.shape.clone(),
                    buffer: parameter.buffer,
                });
            }
            let part_of_layer = scope.parent.is_some_and(|parent| {
                !traced.scopes[parent].network && traced.scopes[parent].kind != scope.kind
            });
            let is_stack = scope.empty || has_members(traced, index);
            let is_layer = !scope.network && !part_of_layer && !is_stack;
            if is_layer && scope.called && !scope.absent {
                rows.push(row(traced, index, &statuses, samples.is_some()));
            }
        }
        Self {
            name: N::NAME.to_owned(),
            rows,
            parameters,
            error: None,
        }
    }

    pub(crate) fn failed(name: &str, error: &Error) -> Self {
        Self {
            name: name.to_owned(),
            rows: Vec::new(),
            parameters: Vec::new(),
            error: Some(error.to_string()),
        }
    }

    /// How many numbers all parameters have, buffers left out, and whether that is only the least.
    pub fn count(&self) -> (usize, bool) {
        self.rows.iter().fold((0, false), |(count, open), row| {
            (count.saturating_add(row.count), open || row.open)
        })
    }
}

fn statuses<E: Element, N: Network<E>>(network: &N) -> HashMap<String, Status> {
    let mut statuses = HashMap::new();
    walk::<E>("", network, &mut |path, module| {
        statuses.insert(path.to_owned(), module.status());
    });
    statuses
}

/// Scopes with parents before children and siblings in the order of declaration.
fn in_order(traced: &Traced) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); traced.scopes.len()];
    for (index, scope) in traced.scopes.iter().enumerate() {
        if let Some(parent) = scope.parent {
            let siblings = &mut children[parent];
            let before = |&child: &usize| traced.scopes[child].order <= scope.order;
            siblings.insert(siblings.partition_point(before), index);
        }
    }
    let (mut order, mut open) = (Vec::new(), vec![0]);
    while let Some(index) = open.pop() {
        order.push(index);
        open.extend(children[index].iter().rev());
    }
    order
}

fn has_members(traced: &Traced, index: usize) -> bool {
    traced
        .scopes
        .iter()
        .any(|scope| scope.parent == Some(index) && scope.member.is_some())
}

fn row(traced: &Traced, index: usize, statuses: &HashMap<String, Status>, probing: bool) -> Row {
    let scope = &traced.scopes[index];
    let own = || {
        let prefix = format!("{}.", scope.path);
        traced
            .parameters
            .iter()
            .filter(move |own| own.path == scope.path || own.path.starts_with(&prefix))
    };
    let (mut count, mut open, mut waits_for) = (0usize, false, Vec::new());
    for parameter in own() {
        match parameter.known_shape() {
            Some(shape) if !parameter.buffer => {
                count = count.saturating_add(
                    shape
                        .iter()
                        .fold(1, |count: usize, &size| count.saturating_mul(size)),
                );
            }
            Some(_) => {}
            None => {
                open = true;
                if parameter.shape.contains(&None) {
                    waits_for.push(format!("{} {}", parameter.path, parameter.shown()));
                }
            }
        }
    }
    let status = match statuses.get(&scope.path) {
        // A probe shows what would be.
        Some(Status::Waiting) if probing && !open => Status::Bound,
        Some(status) => *status,
        None => Status::Static,
    };
    Row {
        path: scope.path.clone(),
        kind: scope.kind.to_owned(),
        output: scope.output.as_ref().map(|(sizes, _)| sizes.clone()),
        output_open: scope.output.as_ref().is_some_and(|(_, open)| *open),
        count,
        open,
        status,
        waits_for,
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Static => "static",
            Self::Bound => "bound",
            Self::Waiting => "waiting",
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.error {
            return write!(f, "{}: {error}", self.name);
        }
        let head = ["layer", "kind", "output", "parameters", "status"].map(str::to_owned);
        let rows: Vec<[String; 5]> = std::iter::once(head)
            .chain(self.rows.iter().map(cells))
            .collect();
        let widths: Vec<usize> = (0..5)
            .map(|column| {
                rows.iter()
                    .map(|row| row[column].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        writeln!(f, "{}", self.name)?;
        for row in &rows {
            let [layer, kind, output, count, status] = row;
            let line = format!(
                "  {layer:<w0$}  {kind:<w1$}  {output:<w2$}  {count:>w3$}  {status}",
                w0 = widths[0],
                w1 = widths[1],
                w2 = widths[2],
                w3 = widths[3]
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        let (count, open) = self.count();
        write!(
            f,
            "  {}{} parameters",
            if open { "at least " } else { "" },
            grouped(count)
        )
    }
}

fn cells(row: &Row) -> [String; 5] {
    let output = match &row.output {
        Some(sizes) if row.output_open => shown(sizes).replacen('[', "[.., ", 1),
        Some(sizes) => shown(sizes),
        None => "?".to_owned(),
    };
    let count = match (row.count, row.open) {
        (0, false) => String::new(),
        (count, false) => grouped(count),
        (count, true) => format!("≥ {}", grouped(count)),
    };
    let status = match row.waits_for.first() {
        Some(first) if row.status == Status::Waiting => format!("waiting: {first}"),
        _ => row.status.to_string(),
    };
    [row.path.clone(), row.kind.clone(), output, count, status]
}

/// A number with its thousands apart: `61,706`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
