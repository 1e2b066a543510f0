//! Tables of numbers: comma-separated values under a line of names, the last column being the target.

use std::fs;
use std::path::Path;

use ndarray::{Array1, Array2};

use super::{DataError, Dataset};
use crate::Element;

/// A table of numbers with named columns.
///
/// ```
/// use netdsl::data::Table;
///
/// let table = Table::<f32>::parse("age,bmi,target\n59,32.1,151\n48,21.6,75\n", "doc.csv")?;
/// assert_eq!(table.features, ["age", "bmi"]);
/// assert_eq!(table.data.inputs().shape(), [2, 2]);
/// assert_eq!(table.data.targets().as_slice(), Some(&[151.0, 75.0][..]));
/// # Ok::<(), netdsl::data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table<E> {
    /// The names of all columns but the last.
    pub features: Vec<String>,
    /// The name of the last column.
    pub target: String,
    /// Inputs `[rows, features]` and targets `[rows]`.
    pub data: Dataset<E>,
}

impl<E: Element> Table<E> {
    /// Reads the file at `path`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|source| DataError::Read {
            file: path.to_path_buf(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads the text of a file; errors call it `name`. Spaces around a value and empty lines mean nothing.
    pub fn parse(text: &str, name: impl AsRef<Path>) -> Result<Self, DataError> {
        let file = name.as_ref();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text
            .lines()
            .zip(1..)
            .filter(|(text, _)| !text.trim().is_empty())
            .map(|(text, line)| Line { file, text, line });
        let Some(first) = lines.next() else {
            return Err(DataError::File {
                file: file.to_path_buf(),
                expected: "a line with the names of the columns".into(),
                found: "no line".into(),
                help: "give a file of comma-separated values",
            });
        };
        let mut features = first.names()?;
        let width = features.len();
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for line in lines {
            line.read(&features, &mut inputs)?;
            targets.extend(inputs.pop());
        }
        let inputs = Array2::from_shape_vec((targets.len(), width - 1), inputs)
            .map_err(|error| first.wrong(1, "as many values in each line", error.to_string()))?;
        let data = Dataset::new(inputs, Array1::from_vec(targets))?;
        let target = features.pop().unwrap_or_default();
        Ok(Self {
            features,
            target,
            data,
        })
    }
}

/// A line of a table.
struct Line<'a> {
    file: &'a Path,
    text: &'a str,
    /// From 1 on.
    line: usize,
}

impl Line<'_> {
    /// The names of two columns or more.
    fn names(&self) -> Result<Vec<String>, DataError> {
        let names: Vec<String> = self
            .text
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        let mut columns = names.iter().zip(1..);
        if let Some((value, column)) = columns.find(|(name, _)| name.parse::<f64>().is_ok()) {
            return Err(self.wrong(column, "the name of the column", format!("`{value}`")));
        }
        if names.len() < 2 {
            let expected = "names of two columns or more, separated by `,`";
            return Err(self.wrong(1, expected, format!("`{}`", self.text)));
        }
        Ok(names)
    }

    /// Adds a finite number for each column.
    fn read<E: Element>(&self, columns: &[String], values: &mut Vec<E>) -> Result<(), DataError> {
        let (before, width) = (values.len(), columns.len());
        for (value, column) in self.text.split(',').map(str::trim).zip(1..) {
            let found = || format!("`{value}`");
            let Some(name) = columns.get(column - 1) else {
                let expected = format!("the end, after {width} columns");
                return Err(self.wrong(column, expected, found()));
            };
            let number = value.parse().map(E::from_f64).ok();
            let Some(number) = number.filter(|number| number.is_finite()) else {
                let expected = format!("a finite number for `{name}`");
                return Err(self.wrong(column, expected, found()));
            };
            values.push(number);
        }
        match columns.get(values.len() - before) {
            Some(missing) => Err(self.wrong(
                values.len() - before + 1,
                format!("a number for `{missing}`"),
                "the end of the line".into(),
            )),
            None => Ok(()),
        }
    }

    fn wrong(&self, column: usize, expected: impl Into<String>, found: String) -> DataError {
        DataError::Cell {
            file: self.file.to_path_buf(),
            line: self.line,
            column,
            expected: expected.into(),
            found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_line_ends() {
        let table = Table::<f64>::parse("\u{feff}a, b ,y\r\n 1,-2.5e3 , 3\r\n\r\n+4,.5,6", "t.csv")
            .unwrap();
        assert_eq!(
            (table.features, table.target),
            (vec!["a".to_owned(), "b".into()], "y".into())
        );
        assert_eq!(
            table.data.inputs(),
            &ndarray::array![[1.0, -2500.0], [4.0, 0.5]].into_dyn()
        );
        assert_eq!(table.data.targets(), &ndarray::array![3.0, 6.0].into_dyn());
        assert!(Table::<f64>::parse("a,y", "t.csv").unwrap().data.is_empty());
    }

    #[test]
    fn mistakes() {
        let check = |text: &str, place: &str, message: &str| {
            let error = Table::<f32>::parse(text, "t.csv").unwrap_err().to_string();
            assert!(
                error.contains("`t.csv`") && error.contains(place) && error.contains(message),
                "{error}"
            );
        };
        check("", "", "names of the columns, found no line");
        check(
            "a;b\n1;2",
            "line 1, column 1",
            "separated by `,`, found `a;b`",
        );
        check(
            "1,2\n3,4",
            "line 1, column 1",
            "the name of the column, found `1`",
        );
        check(
            "a,y\n1,2\n\n3,x",
            "line 4, column 2",
            "a finite number for `y`, found `x`",
        );
        check(
            "a,y\n,2",
            "line 2, column 1",
            "a finite number for `a`, found ``",
        );
        check("a,y\n1,NaN", "line 2, column 2", "found `NaN`");
        check("a,y\n1,1e39", "line 2, column 2", "found `1e39`");
        check(
            "a,b,y\n1,2,3\n1,2",
            "line 3, column 3",
            "a number for `y`, found the end of the line",
        );
        check(
            "a,y\n1,2,3",
            "line 2, column 3",
            "the end, after 2 columns, found `3`",
        );
        assert!(matches!(
            Table::<f32>::open("no such file"),
            Err(DataError::Read { .. })
        ));
    }

    #[test]
    fn shared_tables() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/tabular");
        if !folder.is_dir() {
            println!("skipped: {} is not there", folder.display());
            return;
        }
        // Origin of the numbers: README.md beside the files.
        let diabetes = Table::<f64>::open(folder.join("diabetes.csv")).unwrap();
        assert_eq!(
            diabetes.features,
            [
                "age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"
            ]
        );
        assert_eq!(
            (diabetes.data.inputs().shape(), diabetes.target.as_str()),
            (&[442, 10][..], "target")
        );
        let targets = diabetes.data.targets();
        let highest = targets.iter().copied().fold(f64::MIN, f64::max);
        let lowest = targets.iter().copied().fold(f64::MAX, f64::min);
        assert_eq!((lowest, highest), (25.0, 346.0));

        let cancer = Table::<f32>::open(folder.join("breast_cancer.csv")).unwrap();
        assert_eq!(cancer.data.inputs().shape(), [569, 30]);
        assert_eq!(cancer.data.class_counts().unwrap(), [212, 357]);
    }
}
