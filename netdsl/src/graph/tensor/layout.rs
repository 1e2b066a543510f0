//! Which axes of a tensor are channels, features and places, as far as layers have said: an image given with its
//! channels last is told as such, with the line to write.

use super::Tensor;
use crate::graph::Size;
use crate::shape::{Axis, FaultKind, Role, Shape};

impl<'t> Tensor<'t> {
    /// Requires a number of channels before `rank` spatial axes, and marks them as what they are. An
    /// image whose channels seem to come last is a mistake.
    pub const fn expect_channels(self, rank: usize, channels: Size) -> Self {
        if !self.expect_spatial(rank) {
            return self;
        }
        if self.refuses_channels_last(rank, channels) {
            return self.lost();
        }
        let total = self.shape().rank();
        let at = total - rank - 1;
        let x = self.expect(at as i64 - total as i64, channels, "channels");
        let (mut shape, mut i) = (*x.shape(), 0);
        while i <= rank {
            let role = if i == 0 { Role::Channel } else { Role::Space };
            shape = shape.with_axis(
                at + i,
                Axis {
                    role,
                    ..shape.axis(at + i)
                },
            );
            i += 1;
        }
        x.reshaped_as(shape)
    }

    /// Whether an input of `rank` spatial axes seems to have its channels last, which is reported.
    pub(crate) const fn refuses_channels_last(self, rank: usize, channels: Size) -> bool {
        let (trace, shape) = (self.trace(), self.shape());
        let first = shape.axis(shape.rank() - rank - 1);
        let refused = first.is_of_input() && self.has_channels_last(rank, channels)
            || channels.arg.is_open() && self.has_features_last(rank, channels);
        if refused {
            trace.fault(FaultKind::ChannelsLast {
                rank,
                channels: trace.value(channels.dim),
                first: trace.value(first.dim),
                found: trace.sample(shape),
                origin: trace.origin_of(shape),
            });
        }
        refused
    }

    /// Whether the last axis, not the first, has the number of channels; of an image of which that is
    /// not known, whether it looks so.
    const fn has_channels_last(self, rank: usize, channels: Size) -> bool {
        let (trace, shape, total) = (self.trace(), self.shape(), self.shape().rank());
        let first = trace.value(shape.axis(total - rank - 1).dim);
        let before_last = trace.value(shape.axis(total - 2).dim);
        let Some(last) = trace.value(shape.axis(total - 1).dim) else {
            return false;
        };
        match (first, trace.value(channels.dim), before_last) {
            (Some(first), Some(channels), _) => last == channels && first != channels,
            (Some(first), None, Some(width)) if rank == 2 && channels.arg.is_open() => {
                matches!(last, 1 | 3 | 4) && are_sides(first, width)
            }
            // A side may be as long as there are channels, but hardly one alone, nor one that a layer gives.
            (None, Some(channels), None) => {
                last == channels && (rank > 1 || !shape.axis(total - 1).is_of_input())
            }
            (None, Some(channels), Some(width)) => last == channels && rank > 1 && width != last,
            _ => false,
        }
    }

    /// Whether a layer gave features along the last axis, where channels of a number that nobody says are expected
    /// before `rank` others.
    const fn has_features_last(self, rank: usize, channels: Size) -> bool {
        let (trace, shape) = (self.trace(), self.shape());
        let first = shape.axis(shape.rank() - rank - 1);
        let last = shape.axis(shape.rank() - 1);
        matches!((first.role, last.role), (Role::Any, Role::Channel))
            && !matches!(trace.value(first.dim), Some(1))
            && trace.value(channels.dim).is_none()
    }

    /// Requires the axes of a sequence, `[steps, features]`. Gives whether they are known, and those.
    const fn expect_steps(self, features: Size) -> bool {
        let wanted = "sequences [steps, features]";
        if !self.batched() {
            return self.expect_rank(&[2, 3], wanted, "");
        }
        self.expect_rank(&[3], wanted, self.help_steps(features))
    }

    /// What to write where a sequence of so many features is expected.
    const fn help_steps(self, features: Size) -> &'static str {
        let (trace, shape) = (self.trace(), self.shape());
        match shape.rank() {
            2 if !shape.open => match trace.value(features.dim) {
                Some(1) => "write `.unsqueeze(2)` before it, where each number is a step",
                Some(_) => {
                    "write `.unsqueeze(1)` before it, where all numbers are those of one step"
                }
                None => {
                    "write `.unsqueeze(2)` before it, where each number is a step, or `.unsqueeze(1)` where all are those of one"
                }
            },
            4 if matches!(trace.value(shape.axis(1).dim), Some(1)) => {
                "write `.squeeze(1)` before it, which leaves the one channel out"
            }
            4 if self.is_image() => {
                "write `.permute([0, 3, 1, 2]).flatten_axes(2, 3)` before it, where each column of the image is a step"
            }
            _ => self.help_over(3, ""),
        }
    }

    /// Requires a number of features for each step of a sequence, along the last axis; `what` names them in a mistake.
    /// What has channels where the steps should be is a mistake as well, unless it has the number of features.
    pub const fn expect_features_of_steps(self, features: Size, what: &'static str) -> Self {
        let (trace, shape) = (self.trace(), self.shape());
        if !self.expect_steps(features) && !shape.open {
            return self.unknown();
        }
        if !self.has_channels_first(features) {
            return self.expect(-1, features, what);
        }
        trace.fault(FaultKind::ChannelsFirst {
            features: trace.value(features.dim),
            found: trace.sample(shape),
            origin: trace.origin_of(shape),
        });
        self.lost()
    }

    /// Whether channels are where steps are expected, of so many features.
    const fn has_channels_first(self, features: Size) -> bool {
        let trace = self.trace();
        let Some([first, last]) = self.channels_and_last() else {
            return false;
        };
        // Of an axis that is wrong already it is not known what it should be.
        if last.dim.is_untracked() {
            return false;
        }
        match trace.value(features.dim) {
            Some(_) => {
                trace.are_equal(features.dim, first.dim) && !trace.are_equal(features.dim, last.dim)
            }
            None => features.arg.is_open(),
        }
    }

    /// The axes of a sample of two, where the first is known to be one of channels, and the last not to be.
    const fn channels_and_last(self) -> Option<[Axis; 2]> {
        let shape = self.shape();
        let (rank, batch) = (shape.rank(), shape.batch_axes());
        if shape.open || rank != batch + 2 {
            return None;
        }
        let (first, last) = (shape.axis(batch), shape.axis(batch + 1));
        match (first.role, last.role) {
            (Role::Channel, Role::Any | Role::Space) => Some([first, last]),
            _ => None,
        }
    }

    /// The same values, whose last axis is one of features.
    pub(crate) const fn with_features(self) -> Self {
        self.with_features_of(self)
    }

    /// The same values, which have as many features along the last axis as another tensor.
    pub(crate) const fn with_features_of(self, other: Self) -> Self {
        let (shape, others) = (*self.shape(), other.shape());
        if shape.rank() == 0 || others.rank() == 0 {
            return self;
        }
        let features = Axis {
            dim: others.axis(others.rank() - 1).dim,
            role: Role::Channel,
            from: self.trace().current(),
        };
        self.reshaped_as(shape.with_axis(shape.rank() - 1, features))
    }

    /// The same values, of which only the number of axes is known any more.
    const fn lost(self) -> Self {
        let (mut shape, mut i) = (*self.shape(), self.shape().batch_axes());
        while i < shape.rank() {
            shape = shape.with_axis(i, shape.axis(i).unknown());
            i += 1;
        }
        self.reshaped_as(shape)
    }

    /// Requires a number of features along the last axis. An image is a mistake here, as is what has that number in
    /// all: flattening it was forgotten.
    pub const fn expect_features(self, features: Size) -> Self {
        let shape = self.shape();
        if self.is_image() || self.has_in_all(features) {
            let (trace, first_last) = (self.trace(), self.first_last(features));
            trace.fault(FaultKind::Unflattened {
                found: trace.sample(shape),
                origin: trace.origin_of(shape),
                listed: trace.is_listed(trace.current()),
                first_last,
            });
            return match first_last {
                Some(_) => self.unknown(),
                None => self.flat_and_lost(),
            };
        }
        if shape.rank() == shape.batch_axes() && !shape.open {
            let help = "write `.unsqueeze(1)` before it, where that number is one feature";
            self.expect_rank(&[], "features along a last axis", help);
            return self.unknown();
        }
        self.expect(-1, features, "input features")
    }

    /// The order of axes that puts the first one of a sample last, where that has the size that was written for the last.
    pub(super) const fn first_last(self, last: Size) -> Option<&'static str> {
        let (shape, batch) = (self.shape(), self.shape().batch_axes());
        if shape.open || !shape.batched || last.arg.is_open() || shape.rank() <= batch {
            return None;
        }
        if !self.trace().are_equal(shape.axis(batch).dim, last.dim) {
            return None;
        }
        match shape.rank() - batch {
            2 => Some("`.permute([0, 2, 1])`"),
            3 => Some("`.permute([0, 2, 3, 1])`"),
            4 => Some("`.permute([0, 2, 3, 4, 1])`"),
            _ => None,
        }
    }

    /// Whether a sample of several axes has as many elements as there should be features, and not along the last axis.
    const fn has_in_all(self, features: Size) -> bool {
        let (trace, shape) = (self.trace(), self.shape());
        if shape.open || shape.rank() < shape.batch_axes() + 2 {
            return false;
        }
        let Some(wanted) = trace.value(features.dim) else {
            return false;
        };
        let (mut all, mut last, mut i) = (1usize, 1, shape.batch_axes());
        while i < shape.rank() {
            last = match trace.value(shape.axis(i).dim) {
                Some(size) => size,
                None => return false,
            };
            all = all.saturating_mul(last);
            i += 1;
        }
        all == wanted && last != wanted
    }

    /// As [`Self::lost`], with one axis for each sample.
    const fn flat_and_lost(self) -> Self {
        let shape = self.shape();
        let last = shape.axis(shape.rank() - 1).unknown();
        let flat = if shape.batched {
            Shape::new(&[shape.axis(0), last], true)
        } else {
            Shape::new(&[last], false)
        };
        self.reshaped_as(flat)
    }
}

/// Whether two sizes may well be the height and the width of an image, and not channels and a height.
const fn are_sides(height: usize, width: usize) -> bool {
    height >= 8 && width >= 8 && height / width < 4 && width / height < 4
}
