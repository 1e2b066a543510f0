//! The words of the tables that rustdoc shows of networks.
//!
//! Beside a network `LeNet` its documentation has the alias `LeNetShapes`: the table of its layers, with every size that
//! the compiler infers.
//!
//! ```text
//! pub struct LeNetShapes {
//!     pub conv1: Row<Conv2d, Output<6, -1, -1>, Parameters<-1>, Waiting>,
//!     pub conv2: Row<Conv2d, Output<16, -1, -1>, Parameters<2416>, Static>,
//!     pub fc1: Row<Linear, Output<120>, Parameters<-1>, Waiting>,
//!     …
//! ```
//!
//! `-1` is what the compiler cannot know: a size that differs from input to input, or that the first input tells. The
//! alias is there while documentation is made and at no other time: programs ask [`Network::summary`](crate::Network)
//! and `UNRESOLVED`.
//!
//! What is a parameter of the network, in `<…>`, is `-1` as well, for the alias stands for all of its values.

use std::marker::PhantomData;

/// A layer: its kind, the shape that it gives a sample, how many numbers its parameters have, and
/// [since when](crate::Status) they exist.
#[derive(Debug)]
pub struct Row<Kind, Output, Parameters, Status>(PhantomData<(Kind, Output, Parameters, Status)>);

/// How many numbers the parameters of a layer have, those of the layers within it too; `-1` where that depends on a size
/// that is not known. A parameter that is tied is counted where it is from.
#[derive(Debug)]
pub struct Parameters<const COUNT: isize>;

/// The parameters exist from construction on.
#[derive(Debug)]
pub struct Static;

/// The parameters may wait, for a size that nothing tells before the first input or construction does.
#[derive(Debug)]
pub struct Waiting;

/// The layer is not there: its condition does not hold.
#[derive(Debug)]
pub struct Absent;

/// A kind that is a parameter of the network, or is given one.
#[derive(Debug)]
pub struct Generic;

/// The sizes of an output and in what form to show them, for [`Spell`].
#[doc(hidden)]
#[derive(Debug)]
pub struct Sizes<
    const FORM: usize,
    const A: isize,
    const B: isize,
    const C: isize,
    const D: isize,
    const E: isize,
    const F: isize,
    const G: isize,
    const H: isize,
>;

/// The shape of a sample as a type whose name says it.
#[doc(hidden)]
pub trait Spell {
    /// That type.
    type Output;
}

/// [`Static`], [`Waiting`] or [`Absent`], by number.
#[doc(hidden)]
#[derive(Debug)]
pub struct Since<const STATUS: usize>;

pub(crate) const STATIC: usize = 0;
pub(crate) const WAITING: usize = 1;
pub(crate) const ABSENT: usize = 2;

impl Spell for Since<STATIC> {
    type Output = Static;
}

impl Spell for Since<WAITING> {
    type Output = Waiting;
}

impl Spell for Since<ABSENT> {
    type Output = Absent;
}

/// A network's definition, as the place of the row of each layer.
#[doc(hidden)]
pub trait Table<const LAYER: usize> {
    /// A [`Row`].
    type Row;
}

/// In [`Sizes`], the form of an output of which the last axes are known only.
pub(crate) const ENDING: usize = 16;

/// Writes the table of a network beside it. rustdoc shows the types of an alias's fields worked out, numbers too, if the
/// struct has a parameter that they follow from; of other types it shows what was written.
#[doc(hidden)]
#[macro_export]
macro_rules! __shapes {
    (
        #[$doc:meta]
        $visibility:vis type $alias:ident = $within:ident($definition:ident, $count:literal, $whole:literal);
        $(#[$words:meta] $layer:literal $name:ident: $kind:ty;)*
    ) => {
        #[allow(long_running_const_eval)]
        impl $definition {
            const fn show<const NODES: usize, const EDGES: usize>(self) -> $crate::__private::Rows<$count> {
                let storage = $crate::__private::Storage::<
                    { $definition::COUNTS.room_for_dims() },
                    { $definition::COUNTS.scopes },
                    { $definition::COUNTS.sizes },
                    { $definition::COUNTS.parameters },
                    { $definition::COUNTS.ties },
                    0,
                    0,
                >::new();
                let recorded = $crate::__private::Recorded::<NODES, EDGES>::new();
                let trace = recorded.trace(&storage, $whole);
                self.learn(&trace);
                trace.rows()
            }

            const RECORDED: $crate::__private::Counts = $definition::BLANK.show::<0, 0>().counts;
            const SHOWN: $crate::__private::Rows<$count> = $definition::BLANK.show::<
                { $definition::RECORDED.nodes },
                { $definition::RECORDED.edges },
            >();
        }

        $(
            #[doc(hidden)]
            impl $crate::rustdoc::Table<$layer> for $definition {
                type Row = $crate::rustdoc::Row<
                    $kind,
                    <$crate::rustdoc::Sizes<
                        { $definition::SHOWN.rows[$layer].form },
                        { $definition::SHOWN.rows[$layer].sizes[0] },
                        { $definition::SHOWN.rows[$layer].sizes[1] },
                        { $definition::SHOWN.rows[$layer].sizes[2] },
                        { $definition::SHOWN.rows[$layer].sizes[3] },
                        { $definition::SHOWN.rows[$layer].sizes[4] },
                        { $definition::SHOWN.rows[$layer].sizes[5] },
                        { $definition::SHOWN.rows[$layer].sizes[6] },
                        { $definition::SHOWN.rows[$layer].sizes[7] },
                    > as $crate::rustdoc::Spell>::Output,
                    $crate::rustdoc::Parameters<{ $definition::SHOWN.rows[$layer].parameters }>,
                    <$crate::rustdoc::Since<{ $definition::SHOWN.rows[$layer].status }> as $crate::rustdoc::Spell>::Output,
                >;
            }
        )*

        // Private, for the alias is what is to be read.
        #[allow(non_snake_case)]
        mod $within {
            pub struct Shapes<N: $($crate::rustdoc::Table<$layer> +)*> {
                $(#[$words] pub $name: <N as $crate::rustdoc::Table<$layer>>::Row,)*
            }
        }

        #[$doc]
        $visibility type $alias = $within::Shapes<$definition>;
    };
}

/// How the sizes of a form are spelled.
macro_rules! spelled {
    ($form:expr, $output:ty) => {
        impl<
            const A: isize,
            const B: isize,
            const C: isize,
            const D: isize,
            const E: isize,
            const F: isize,
            const G: isize,
            const H: isize,
        > Spell for Sizes<{ $form }, A, B, C, D, E, F, G, H>
        {
            type Output = $output;
        }
    };
}

/// Shapes of each number of axes. Each is in a module of its own, for all have one name and documentation shows names.
macro_rules! shapes {
    ($($module:ident: $axes:literal, $($size:ident)*;)*) => {$(
        #[doc = concat!("Shapes of ", $axes, " axes.")]
        pub mod $module {
            use super::{ENDING, Sizes, Spell};

            /// The shape of a sample, the batch left out; `-1` is a size that is not known.
            #[derive(Debug)]
            pub struct Output<$(const $size: isize),*>;

            /// The last axes of a sample's shape, those that are known; there may be more before them. `-1` is a size that
            /// is not known.
            #[derive(Debug)]
            pub struct OutputEnding<$(const $size: isize),*>;

            spelled!($axes, Output<$($size),*>);
            spelled!({ ENDING + $axes }, OutputEnding<$($size),*>);
        }
    )*};
}

shapes! {
    axes0: 0, ;
    axes1: 1, A;
    axes2: 2, A B;
    axes3: 3, A B C;
    axes4: 4, A B C D;
    axes5: 5, A B C D E;
    axes6: 6, A B C D E F;
    axes7: 7, A B C D E F G;
    axes8: 8, A B C D E F G H;
}
