//! What a data set holds on either side: one array, or several that belong together.

use ndarray::{Array, ArrayD, Axis, Dimension};
use std::fmt::Debug;

use crate::{Element, Input};

/// One array, or a tuple of up to eight: row i of each is of sample i.
pub trait Samples<E: Element>: sealed::Sealed + Clone + Debug + Default + PartialEq {
    /// Calls a function with all arrays, in order.
    fn with<R>(&self, f: impl FnOnce(&[&dyn Input<E>]) -> R) -> R;

    /// The same number of arrays, each made from one of these.
    fn map(&self, f: impl FnMut(&ArrayD<E>) -> ArrayD<E>) -> Self;

    /// Calls a function with each array and with the one in its place in `source`.
    fn fill_from(&mut self, source: &Self, f: impl FnMut(&mut ArrayD<E>, &ArrayD<E>));

    /// The number of samples; 0 where there are no arrays.
    fn rows(&self) -> usize {
        self.with(|arrays| {
            arrays
                .first()
                .map_or(0, |first| first.array().len_of(Axis(0)))
        })
    }
}

/// What can be given to [`Dataset::new`](super::Dataset::new) as inputs or targets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array of `{E}`, the type of the data set's numbers, and no tuple of such arrays",
    label = "neither an array of `{E}` nor a tuple of them",
    note = "arrays are those of `ndarray` 0.17, owned: of a view `view.to_owned()`; one of classes, tokens or other numbers is `array.mapv(|number| number as {E})`"
)]
pub trait IntoSamples<E: Element, S: Samples<E>> {
    /// The same numbers, those of each sample one behind the other.
    fn into_samples(self) -> S;
}

mod sealed {
    pub trait Sealed {}
}

impl<E: Element> sealed::Sealed for ArrayD<E> {}

impl<E: Element> Samples<E> for ArrayD<E> {
    fn with<R>(&self, f: impl FnOnce(&[&dyn Input<E>]) -> R) -> R {
        f(&[self])
    }

    fn map(&self, mut f: impl FnMut(&ArrayD<E>) -> ArrayD<E>) -> Self {
        f(self)
    }

    fn fill_from(&mut self, source: &Self, mut f: impl FnMut(&mut ArrayD<E>, &ArrayD<E>)) {
        f(self, source);
    }
}

impl<E: Element, D: Dimension> IntoSamples<E, ArrayD<E>> for Array<E, D> {
    fn into_samples(self) -> ArrayD<E> {
        let array = self.into_dyn();
        // Copied only if its last axis is not the fastest.
        if array.is_standard_layout() {
            array
        } else {
            array.as_standard_layout().into_owned()
        }
    }
}

macro_rules! array {
    ($name:ident) => { ArrayD<E> };
}

macro_rules! tuples {
    ($(($($name:ident $index:tt)*))*) => {$(
        impl<E: Element> sealed::Sealed for ($(array!($name),)*) {}

        impl<E: Element> Samples<E> for ($(array!($name),)*) {
            fn with<R>(&self, f: impl FnOnce(&[&dyn Input<E>]) -> R) -> R {
                f(&[$(&self.$index),*])
            }

            fn map(&self, mut f: impl FnMut(&ArrayD<E>) -> ArrayD<E>) -> Self {
                ($(f(&self.$index),)*)
            }

            fn fill_from(&mut self, source: &Self, mut f: impl FnMut(&mut ArrayD<E>, &ArrayD<E>)) {
                $(f(&mut self.$index, &source.$index);)*
            }
        }

        impl<E, $($name),*> IntoSamples<E, ($(array!($name),)*)> for ($($name,)*)
        where
            E: Element,
            $($name: IntoSamples<E, ArrayD<E>>,)*
        {
            fn into_samples(self) -> ($(array!($name),)*) {
                ($(self.$index.into_samples(),)*)
            }
        }
    )*};
}

tuples! {
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 F 4)
    (A 0 B 1 C 2 D 3 F 4 G 5)
    (A 0 B 1 C 2 D 3 F 4 G 5 H 6)
    (A 0 B 1 C 2 D 3 F 4 G 5 H 6 I 7)
}

impl sealed::Sealed for () {}

/// No targets: those of a loss that takes none.
impl<E: Element> Samples<E> for () {
    fn with<R>(&self, f: impl FnOnce(&[&dyn Input<E>]) -> R) -> R {
        f(&[])
    }

    fn map(&self, _f: impl FnMut(&ArrayD<E>) -> ArrayD<E>) -> Self {}

    fn fill_from(&mut self, _source: &Self, _f: impl FnMut(&mut ArrayD<E>, &ArrayD<E>)) {}
}

impl<E: Element> IntoSamples<E, ()> for () {
    fn into_samples(self) {}
}
