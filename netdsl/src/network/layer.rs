//! Layers as they stand in a network: with parameters, waiting for them, or several in a row.

use crate::network::Parts;
use crate::network::module::{Access, Assemble, Module, Name, Parameter, Status, join};
use crate::network::{Part, tied::Untied};
use crate::{Element, Error, WaitingError};
use ndarray::ArrayD;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

/// A layer whose parameters exist: reading them cannot fail.
#[derive(Clone, Debug)]
pub struct Layer<D, E = f32> {
    parameters: Vec<Parameter<E>>,
    definition: PhantomData<D>,
}

/// A layer that waits for a size, and becomes a [`Layer`] when the network is bound.
#[derive(Debug)]
pub struct Deferred<D, E = f32> {
    slot: OnceLock<Layer<D, E>>,
    reason: WaitingError,
}

/// Layers of one kind in a row.
#[derive(Clone, Debug)]
pub struct Stack<T> {
    members: Vec<T>,
}

impl<D, E: Element> Layer<D, E> {
    /// A parameter or buffer by name.
    pub fn parameter(&self, name: &str) -> Option<&ArrayD<E>> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .map(Parameter::value)
    }

    /// Replaces the value of a parameter or buffer.
    ///
    /// # Errors
    /// If there is no such parameter, or the shape is another one.
    pub fn set(&mut self, name: &str, value: ArrayD<E>) -> Result<(), Error> {
        let Some(parameter) = self
            .parameters
            .iter_mut()
            .find(|parameter| parameter.name == name)
        else {
            return Err(Error::NoSuchName {
                name: name.to_owned(),
                near: Vec::new(),
            });
        };
        replace(parameter, name, value)
    }

    /// The weight.
    ///
    /// # Panics
    /// If this kind of layer has none.
    pub fn weight(&self) -> &ArrayD<E>
    where
        D: Untied,
    {
        self.parameter("weight")
            .expect("this kind of layer has a weight")
    }

    /// The bias, if there is one.
    pub fn bias(&self) -> Option<&ArrayD<E>>
    where
        D: Untied,
    {
        self.parameter("bias")
    }
}

impl<E: Element> Layer<crate::layer::Parameter, E> {
    /// What it is.
    ///
    /// # Panics
    /// If it is never called, and so has no value.
    pub fn value(&self) -> &ArrayD<E> {
        self.parameter("").expect("it is called somewhere")
    }
}

impl<E: Element> Deferred<crate::layer::Parameter, E> {
    /// What it is, once it is bound.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn value(&self) -> Result<&ArrayD<E>, Error> {
        Ok(self.get()?.value())
    }
}

/// Gives a parameter another value of the same shape.
pub(crate) fn replace<E: Element>(
    parameter: &mut Parameter<E>,
    path: &str,
    value: ArrayD<E>,
) -> Result<(), Error> {
    if parameter.value.shape() != value.shape() {
        return Err(Error::Invalid(format!(
            "`{path}` is {:?}, but the new value is {:?}; give a value of the same shape",
            parameter.value.shape(),
            value.shape()
        )));
    }
    parameter.value = if value.is_standard_layout() {
        value
    } else {
        value.as_standard_layout().into_owned()
    };
    Ok(())
}

impl<D, E: Element> Deferred<D, E> {
    /// The layer, once it is bound.
    ///
    /// # Errors
    /// Before that: which parameter is missing, for want of which size, and how to supply it.
    pub fn get(&self) -> Result<&Layer<D, E>, Error> {
        self.slot
            .get()
            .ok_or_else(|| Error::Waiting(Box::new(self.reason.clone())))
    }

    /// As [`Self::get`], for changing it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn get_mut(&mut self) -> Result<&mut Layer<D, E>, Error> {
        self.slot
            .get_mut()
            .ok_or_else(|| Error::Waiting(Box::new(self.reason.clone())))
    }

    /// The weight: that of a [`Layer`], once it is bound.
    ///
    /// # Errors
    /// As [`Self::get`], and if there is none, as in a layer that is never called.
    pub fn weight(&self) -> Result<&ArrayD<E>, Error>
    where
        D: Untied,
    {
        let weight = self.get()?.parameter("weight");
        weight.ok_or_else(|| Error::NoSuchName {
            name: "weight".to_owned(),
            near: Vec::new(),
        })
    }

    /// The bias, if there is one: that of a [`Layer`], once it is bound.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn bias(&self) -> Result<Option<&ArrayD<E>>, Error>
    where
        D: Untied,
    {
        Ok(self.get()?.bias())
    }

    /// Whether it is bound.
    pub fn is_bound(&self) -> bool {
        self.slot.get().is_some()
    }
}

impl<D: Part + Send + Sync, E: Element> Module<E> for Layer<D, E> {
    fn kind(&self) -> &'static str {
        D::KIND
    }

    fn own_parameters(&self) -> &[Parameter<E>] {
        &self.parameters
    }

    fn own_parameters_mut(&mut self, _: Access) -> &mut [Parameter<E>] {
        &mut self.parameters
    }
}

impl<D: Part, E: Element> Assemble<E> for Layer<D, E> {
    fn assemble(parts: &mut Parts<E>, path: &str) -> Self {
        // The compiler has shown that every size of this layer is known.
        let parameters = parts.take(path).unwrap_or_default();
        Self {
            parameters,
            definition: PhantomData,
        }
    }
}

impl<D: Part + Send + Sync, E: Element> Module<E> for Deferred<D, E> {
    fn kind(&self) -> &'static str {
        D::KIND
    }

    fn own_parameters(&self) -> &[Parameter<E>] {
        self.slot.get().map_or(&[], |layer| &layer.parameters)
    }

    fn own_parameters_mut(&mut self, _: Access) -> &mut [Parameter<E>] {
        self.slot
            .get_mut()
            .map_or(&mut [], |layer| &mut layer.parameters)
    }

    fn status(&self) -> Status {
        if self.is_bound() {
            Status::Bound
        } else {
            Status::Waiting
        }
    }

    fn publish(&self, _: Access, parts: &mut Parts<E>, path: &str) {
        if !self.is_bound()
            && let Ok(parameters) = parts.take(path)
        {
            let _ = self.slot.set(Layer {
                parameters,
                definition: PhantomData,
            });
        }
    }

    fn release(&mut self, _: Access, path: &str) {
        if self.slot.take().is_some() && self.reason.parameter.is_empty() {
            self.reason = WaitingError {
                parameter: path.to_owned(),
                shape: String::new(),
                message: format!(
                    "`{path}` was given up to be bound anew; run the network once, or call `bind`"
                ),
            };
        }
    }
}

impl<D: Part, E: Element> Assemble<E> for Deferred<D, E> {
    fn assemble(parts: &mut Parts<E>, path: &str) -> Self {
        let slot = OnceLock::new();
        let reason = match parts.take(path) {
            Ok(parameters) => {
                let _ = slot.set(Layer {
                    parameters,
                    definition: PhantomData,
                });
                WaitingError {
                    parameter: String::new(),
                    shape: String::new(),
                    message: String::new(),
                }
            }
            Err(reason) => reason,
        };
        Self { slot, reason }
    }
}

impl<D, E: Element> Clone for Deferred<D, E> {
    fn clone(&self) -> Self {
        let slot = OnceLock::new();
        if let Some(layer) = self.slot.get() {
            let parameters = layer.parameters.clone();
            let _ = slot.set(Layer {
                parameters,
                definition: PhantomData,
            });
        }
        Self {
            slot,
            reason: self.reason.clone(),
        }
    }
}

impl<T> Deref for Stack<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.members
    }
}

impl<T> DerefMut for Stack<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.members
    }
}

impl<E: Element, T: Module<E>> Module<E> for Stack<T> {
    fn kind(&self) -> &'static str {
        "Stack"
    }

    fn children<'a>(&'a self, visit: &mut dyn FnMut(Name, &'a dyn Module<E>)) {
        for (index, member) in self.members.iter().enumerate() {
            visit(Name::Member(index), member);
        }
    }

    fn children_mut(&mut self, _: Access, visit: &mut dyn FnMut(Name, &mut dyn Module<E>)) {
        for (index, member) in self.members.iter_mut().enumerate() {
            visit(Name::Member(index), member);
        }
    }
}

impl<E: Element, T: Assemble<E>> Assemble<E> for Stack<T> {
    fn assemble(parts: &mut Parts<E>, path: &str) -> Self {
        let members = (0..parts.known.members(path))
            .map(|index| T::assemble(parts, &join(path, index)))
            .collect();
        Self { members }
    }
}
