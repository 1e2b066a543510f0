//! What can go wrong in an optimiser.

use std::fmt;

/// Why an optimiser cannot be built, stepped or loaded.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OptimizerError {
    /// An option of the rule is out of range.
    Option {
        /// The option.
        option: &'static str,
        /// What it may be.
        range: &'static str,
        /// What it is.
        value: f64,
    },
    /// Nesterov momentum needs momentum, and no dampening.
    Nesterov,
    /// Patterns of parameter groups that match no parameter, each with patterns like it that do.
    UnmatchedGroups(Vec<(String, Vec<String>)>),
    /// A gradient is not as long as its parameter.
    GradientLength {
        /// The parameter.
        path: String,
        /// Elements of the parameter.
        value: usize,
        /// Elements of the gradient.
        grad: usize,
    },
    /// A state array is not as long as its parameter: it belongs to another network, or the parameter changed its size.
    StateLength {
        /// The parameter.
        path: String,
        /// The state array.
        name: String,
        /// Elements of the parameter.
        value: usize,
        /// Elements of the state array.
        state: usize,
    },
    /// The rule keeps no such state.
    UnknownState {
        /// The parameter.
        path: String,
        /// The state array.
        name: String,
        /// What the rule keeps.
        known: &'static [&'static str],
    },
}

impl fmt::Display for OptimizerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option {
                option,
                range,
                value,
            } => {
                write!(f, "{option} must be {range}, but it is {value}")
            }
            Self::Nesterov => {
                write!(
                    f,
                    "Nesterov momentum needs a momentum above 0 and a dampening of 0"
                )
            }
            Self::UnmatchedGroups(patterns) => {
                for (index, (pattern, near)) in patterns.iter().enumerate() {
                    let line = if index > 0 { "\n" } else { "" };
                    write!(f, "{line}no parameter matches `{pattern}`")?;
                    if !near.is_empty() {
                        write!(f, "; did you mean `{}`?", near.join("` or `"))?;
                    }
                }
                Ok(())
            }
            Self::GradientLength { path, value, grad } => {
                write!(
                    f,
                    "`{path}` has {value} elements, but its gradient has {grad}"
                )
            }
            Self::StateLength {
                path,
                name,
                value,
                state,
            } => {
                write!(
                    f,
                    "`{path}` has {value} elements, but its optimiser state `{name}` has {state}"
                )
            }
            Self::UnknownState { path, name, known } => {
                write!(
                    f,
                    "`{name}` of `{path}` is no state of this optimiser, which keeps {known:?}"
                )
            }
        }
    }
}

impl std::error::Error for OptimizerError {}
