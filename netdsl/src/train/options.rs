//! The options of optimisers and schedules.

/// Within an `impl`: for each field named, a method of that name that gives the same with another value.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {$(
        $(#[$doc])*
        pub const fn $name(self, $name: $type) -> Self {
            Self { $name, ..self }
        }
    )*};
}
pub(super) use options;
