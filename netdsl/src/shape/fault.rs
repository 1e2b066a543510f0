//! What can be wrong with the sizes of a network, and the words for it.

use crate::shape::{MAX_LIST, MAX_RANK, Text, Unresolved};
use std::panic::Location;

/// The path of a layer, as text.
pub type Path = Text<120>;

/// Where a size came from: `` `fc1` produces ``, `the input has`.
pub type Origin = Text<150>;

/// A mistake in the sizes of a network.
#[derive(Clone, Copy)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The path of the layer it was found in; empty in the network's own body.
    pub layer: Path,
    /// The scope of that layer in its trace.
    pub scope: u32,
    /// What to edit, where it was written in a `network!`.
    pub at: Option<&'static Location<'static>>,
}

/// The kinds of mistakes.
#[derive(Clone, Copy)]
pub enum FaultKind {
    /// A layer was written for one size and receives another.
    Declared {
        /// Of what: `input features`, `channels`.
        what: &'static str,
        /// The size it has.
        declared: usize,
        /// Why it has that.
        cause: Cause,
        /// The size that arrives.
        found: usize,
        /// Where that comes from.
        origin: Origin,
    },
    /// Two operands whose sizes must agree do not.
    Operands {
        /// The operation: `+`, `cat`, `matmul`.
        operation: &'static str,
        /// The axis, counted as in PyTorch: the batch is 0.
        axis: usize,
        /// The size on the left.
        left: usize,
        /// Where that comes from.
        left_origin: Origin,
        /// The size on the right.
        right: usize,
        /// Where that comes from.
        right_origin: Origin,
    },
    /// A tensor with another number of axes than the layer takes.
    Rank {
        /// What it takes, in words: `an image [channels, height, width]`.
        wanted: &'static str,
        /// The shape that arrives, a sample's.
        found: Text<80>,
        /// Where that comes from.
        origin: Origin,
        /// What to write instead, if that can be told.
        help: &'static str,
    },
    /// A window that does not fit even once.
    Window {
        /// The operation.
        operation: &'static str,
        /// The axis: `height`.
        what: &'static str,
        /// The size that arrives.
        size: usize,
        /// The size the window spans.
        span: usize,
        /// Zeros added on both sides.
        padding: usize,
        /// Where the size comes from.
        origin: Origin,
    },
    /// A size that must be a multiple of another.
    Indivisible {
        /// Of what.
        what: &'static str,
        /// The size.
        size: usize,
        /// What must divide it.
        by: &'static str,
        /// Its value.
        divisor: usize,
    },
    /// An axis to be cut into equal parts that cannot be.
    Chunks {
        /// The axis, counted as in PyTorch.
        axis: usize,
        /// Its size.
        size: usize,
        /// How many parts.
        parts: usize,
        /// Where the size comes from.
        origin: Origin,
    },
    /// Elements asked for past the end of an axis.
    TooShort {
        /// The operation.
        operation: &'static str,
        /// The axis, counted as in PyTorch.
        axis: usize,
        /// The first element.
        start: i64,
        /// How many.
        length: usize,
        /// How many there are.
        size: usize,
        /// Where the size comes from.
        origin: Origin,
    },
    /// An axis to be left out that has another size than 1.
    Squeezed {
        /// The axis as written.
        dim: i64,
        /// Its size.
        size: usize,
        /// The shape, a sample's.
        found: Text<80>,
        /// Where the size comes from.
        origin: Origin,
    },
    /// Another number of axes in an order than there are.
    Order {
        /// How many are listed.
        count: usize,
        /// How many there are, the batch included.
        wanted: usize,
        /// The shape, a sample's.
        found: Text<80>,
    },
    /// A matrix product of what are no matrices within a sample.
    NoMatrices {
        /// The operation.
        operation: &'static str,
        /// The shape on the left, a sample's.
        left: Text<80>,
        /// The shape on the right, a sample's.
        right: Text<80>,
    },
    /// An operation on sizes that gives no size.
    NoSize {
        /// `+`, `-`, `*`, `/` or `%`.
        operation: &'static str,
        /// The sizes; the left one where it is known.
        operands: (Option<usize>, usize),
        /// Why.
        why: &'static str,
    },
    /// An operation on sizes whose result is known and that no size on the other side gives.
    NoSolution {
        /// `+`, `-`, `*` or `/`.
        operation: &'static str,
        /// The size on the left, if it is known.
        left: Option<usize>,
        /// The size on the right, if it is known.
        right: Option<usize>,
        /// What the result has to be.
        result: usize,
    },
    /// A reshape to another number of elements.
    Count {
        /// The operation.
        operation: &'static str,
        /// Elements of a sample as it arrives.
        found: usize,
        /// Elements of a sample as asked for.
        wanted: usize,
    },
    /// A reshape whose one unknown size would be no whole number.
    Shares {
        /// The operation.
        operation: &'static str,
        /// Elements of a sample as it arrives.
        found: usize,
        /// The product of the sizes that are known.
        wanted: usize,
    },
    /// An axis the tensor does not have, or that may not be used so.
    Axis {
        /// The operation.
        operation: &'static str,
        /// The axis asked for.
        dim: i64,
        /// The shape, a sample's.
        found: Text<80>,
        /// Why it may not be used, or empty.
        why: &'static str,
    },
    /// An option with a value it cannot have.
    Option {
        /// The operation; empty of a layer's option.
        operation: &'static str,
        /// The option.
        name: &'static str,
        /// What it takes, in words.
        wanted: &'static str,
    },
    /// A number that no input can tell, and that nobody has given.
    Undecided {
        /// Of what: an option, `when`, a stack.
        name: &'static str,
    },
    /// An argument or a result that is not as the signature says.
    Signature {
        /// Whose: `argument `x``, `the result`.
        whose: &'static str,
        /// The argument's name, or empty.
        name: &'static str,
        /// The axis, counted from 0 within a sample.
        axis: usize,
        /// The name that the signature gives the size, or empty.
        unknown: &'static str,
        /// The size the signature gives.
        declared: usize,
        /// The size found.
        found: usize,
        /// Where that comes from.
        origin: Origin,
    },
    /// An argument or a result with another number of axes than the signature says.
    SignatureRank {
        /// Whose: `argument `x``, `the result`.
        whose: &'static str,
        /// The argument's name, or empty.
        name: &'static str,
        /// How many axes the signature gives a sample.
        declared: usize,
        /// The shape found, a sample's.
        found: Text<80>,
        /// Where that comes from.
        origin: Origin,
    },
    /// A target of another shape than what it is compared with.
    Target {
        /// The target's shape, the batch included.
        target: Text<80>,
        /// The other shape.
        output: Text<80>,
    },
    /// A target that is neither the classes nor the probabilities of an output.
    Classes {
        /// The target's shape, the batch included.
        target: Text<80>,
        /// The output's.
        output: Text<80>,
        /// That of the classes that it wants.
        wanted: Text<80>,
        /// Whether probabilities in the shape of the output would do, too.
        probabilities: bool,
        /// What to write.
        help: &'static str,
    },
    /// A layer over features that receives an image.
    Unflattened {
        /// The image's shape.
        found: Text<80>,
        /// Where it comes from.
        origin: Origin,
    },
    /// An image whose channels seem to come last.
    ChannelsLast {
        /// How many axes it has besides the channels.
        rank: usize,
        /// How many channels the layer has, where that is known, and the size found in their place.
        sizes: Option<(usize, usize)>,
        /// The image's shape.
        found: Text<80>,
        /// Where it comes from.
        origin: Origin,
    },
    /// Another number of sizes in `<…>` than the layer takes.
    Sizes {
        /// The layer's kind.
        kind: &'static str,
        /// The sizes it takes.
        names: &'static [&'static str],
        /// How many were written.
        found: usize,
    },
    /// A size that is computed from others and has another value from elsewhere.
    Computed {
        /// What is computed.
        size: usize,
        /// What it has to be.
        settled: usize,
    },
    /// A member that a stack does not have.
    NoMember {
        /// The stack.
        name: &'static str,
        /// Which member.
        index: usize,
        /// How many it has.
        length: usize,
    },
    /// A layer that is declared and never called.
    Unused,
    /// A parameter that cannot be another layer's, for want of the same shape.
    Tied {
        /// The layer that needs it.
        layer: Path,
        /// Its name there.
        name: &'static str,
        /// The layer it is of.
        owner: Path,
        /// Its name there.
        owned: &'static str,
        /// It is needed transposed.
        transposed: bool,
        /// The size that is needed and the one that its owner gives it; none where the numbers of axes
        /// differ.
        sizes: Option<(usize, usize)>,
    },
    /// A parameter tied by `.t()` that is no matrix.
    Untransposable {
        /// The parameter.
        name: &'static str,
    },
    /// A tie of a parameter that the layer does not have.
    NoParameter {
        /// The layer's kind.
        kind: &'static str,
        /// The name that was written.
        name: &'static str,
        /// The names there are, in words.
        names: Text<80>,
    },
    /// A size that stays open in a network of which nothing may wait.
    Waits(Unresolved),
    /// A size that neither the inputs nor anything around the network can tell.
    NeverTold(Unresolved),
    /// A size too large to count with.
    Overflow {
        /// The operation.
        operation: &'static str,
    },
    /// Tensors to be joined have different numbers of axes.
    Ranks {
        /// The operation.
        operation: &'static str,
        /// The shapes of two of them, samples'.
        shapes: [Text<80>; 2],
        /// Where those come from.
        origins: [Origin; 2],
    },
    /// A tensor with more axes than there can be.
    TooManyAxes,
    /// A list with more entries than there can be.
    TooLong {
        /// Of what.
        name: &'static str,
    },
    /// Something a layer found for itself.
    Other {
        /// What is wrong and what to do.
        message: &'static str,
    },
}

/// Why a layer has a size.
#[derive(Clone, Copy)]
pub enum Cause {
    /// It was written.
    Written,
    /// The network was built with it, as this dimension parameter of its.
    Given(&'static str),
    /// An earlier input or a loaded file has bound it.
    Bound,
    /// The layer was called with it before, in the same run.
    Called,
    /// It shares a parameter with this layer.
    Tied(Path),
    /// It follows from something else.
    Inferred,
}

impl Fault {
    /// The mistake in one sentence, and a line of help.
    pub const fn text(&self) -> Text {
        match &self.kind {
            FaultKind::Declared { what, declared, cause, found, origin } => {
                let text = self.subject().push(cause.verb()).number(*declared).push(" ").push(what);
                let text = match cause {
                    Cause::Tied(owner) => text.push(" through its tie to `").push(owner.as_str()).push("`"),
                    Cause::Called => text.push(" before"),
                    Cause::Given(name) => text.push(", `").push(name).push("`"),
                    _ => text,
                };
                let text = text.push(", but ").push(origin.as_str()).push(" ").number(*found);
                match cause {
                    Cause::Written => text.push("\n  = help: write `").number(*found).push("` or `_`"),
                    Cause::Given(name) => {
                        text.push("\n  = help: build the network with `").number(*found).push("` or `_` for `").push(name).push("`")
                    }
                    Cause::Bound => text.push("\n  = help: give inputs of the size it was bound with, or bind the network anew with `rebind`"),
                    Cause::Called => text.push("\n  = help: one layer has one size: give it the same one in every call, or declare another layer"),
                    Cause::Tied(_) => text.push("\n  = help: give it ").number(*declared).push(", or a parameter of its own"),
                    Cause::Inferred => text.push("\n  = help: give it ").number(*declared),
                }
            }
            FaultKind::Operands { operation, axis, left, left_origin, right, right_origin } => self
                .place()
                .push("`")
                .push(operation)
                .push("` needs equal sizes along axis ")
                .number(*axis)
                .push(", but ")
                .push(left_origin.as_str())
                .push(" ")
                .number(*left)
                .push(" and ")
                .push(right_origin.as_str())
                .push(" ")
                .number(*right)
                .push("\n  = help: give both the same size along that axis"),
            FaultKind::Rank { wanted, found, origin, help } => {
                let text = self.subject().push("takes ").push(wanted).push(", but ");
                let text = text.push(origin.as_str()).push(" ").push(found.as_str());
                if help.is_empty() { text } else { text.push("\n  = help: ").push(help) }
            }
            FaultKind::Window { operation, what, size, span, padding, origin } => self
                .subject_or(operation)
                .push("has a window of ")
                .number(*span)
                .push(" along the ")
                .push(what)
                .push(", but ")
                .push(origin.as_str())
                .push(" ")
                .number(*size)
                .push(if *padding > 0 { " and padding adds " } else { " and there is no padding" })
                .push_if(*padding > 0, *padding)
                .push("\n  = help: use a smaller kernel, more padding or larger inputs"),
            FaultKind::Indivisible { what, size, by, divisor } => self
                .subject()
                .push("needs ")
                .push(what)
                .push(" to be a multiple of ")
                .push(by)
                .push(", but ")
                .number(*size)
                .push(" is not a multiple of ")
                .number(*divisor)
                .push("\n  = help: give it a multiple of ")
                .number(*divisor),
            FaultKind::Chunks { axis, size, parts, origin } => self
                .place()
                .push("`chunk` needs axis ")
                .number(*axis)
                .push(" to be a multiple of the ")
                .number(*parts)
                .push(" parts asked for, but ")
                .push(origin.as_str())
                .push(" ")
                .number(*size)
                .push("\n  = help: ask for another number of parts, or `narrow` for unequal ones"),
            FaultKind::TooShort { operation, axis, start, length, size, origin } => {
                let text = self.place().push("`").push(operation).push("` asks for ");
                let text = if *length == 1 { text.push("element ") } else { text.number(*length).push(" elements from ") };
                let text = text.push(if *start < 0 { "-" } else { "" }).number(start.unsigned_abs() as usize);
                let text = text.push(" of axis ").number(*axis).push(", but ").push(origin.as_str()).push(" ").number(*size);
                let text = text.push("\n  = help: ");
                if *length == 1 {
                    return text.push("write an index below ").number(*size);
                }
                if *start >= 0 && (*start as usize) < *size {
                    return text.push("write at most ").number(*size - *start as usize).push(" for the length");
                }
                text.push("begin before ").number(*size)
            }
            FaultKind::Squeezed { dim, size, found, origin } => self
                .place()
                .push("`squeeze` leaves out axes of size 1, but ")
                .push(origin.as_str())
                .push(" ")
                .number(*size)
                .push(" along axis ")
                .push(if *dim < 0 { "-" } else { "" })
                .number(dim.unsigned_abs() as usize)
                .push(" of a sample ")
                .push(found.as_str())
                .push("\n  = help: `select_index` takes one element of it, `mean` their mean"),
            FaultKind::Order { count, wanted, found } => self
                .place()
                .push("`permute` lists ")
                .number(*count)
                .push(if *count == 1 { " axis, but there are " } else { " axes, but there are " })
                .number(*wanted)
                .push(": the batch and those of a sample ")
                .push(found.as_str())
                .push("\n  = help: list each axis once by its number, 0 for the batch first"),
            FaultKind::NoMatrices { operation, left, right } => self
                .place()
                .push("`")
                .push(operation)
                .push("` takes matrices, but it is given samples ")
                .push(left.as_str())
                .push(" and ")
                .push(right.as_str())
                .push("; the batch is no axis of theirs\n  = help: write `(a * b).sum(-1)` for the product of two vectors, or `unsqueeze` where a vector is a matrix of one row or column"),
            FaultKind::NoSize { operation, operands: (left, right), why } => self
                .place()
                .push("`")
                .size(*left)
                .push(" ")
                .push(operation)
                .push(" ")
                .number(*right)
                .push("` is no size: ")
                .push(why)
                .push("\n  = help: change one of the two"),
            FaultKind::NoSolution { operation, left, right, result } => self
                .place()
                .push("`")
                .size(*left)
                .push(" ")
                .push(operation)
                .push(" ")
                .size(*right)
                .push("` has to be ")
                .number(*result)
                .push(" here, which no size in the place of `_` gives\n  = help: change one of the numbers, or what fixes the ")
                .number(*result),
            FaultKind::Count { operation, found, wanted } => self
                .place()
                .push("`")
                .push(operation)
                .push("` asks for ")
                .number(*wanted)
                .push(" elements a sample, but there are ")
                .number(*found)
                .push("\n  = help: write `_` for the size that follows from the others"),
            FaultKind::Shares { operation, found, wanted } => self
                .place()
                .push("`")
                .push(operation)
                .push("` divides the ")
                .number(*found)
                .push(" elements of a sample by ")
                .number(*wanted)
                .push(", which leaves a remainder\n  = help: write sizes whose product divides ")
                .number(*found),
            FaultKind::Axis { operation, dim, found, why } => {
                let text = self.place().push("`").push(operation).push("` cannot use axis ");
                let text = text.push(if *dim < 0 { "-" } else { "" }).number(dim.unsigned_abs() as usize);
                let text = text.push(" of a sample ").push(found.as_str());
                let text = if why.is_empty() { text } else { text.push(": ").push(why) };
                text.push("\n  = help: axes count as in PyTorch: 0 is the batch, 1 the first one written, -1 the last")
            }
            FaultKind::Option { operation, name, wanted } => {
                let text = if operation.is_empty() { self.subject() } else { self.subject_or(operation) };
                text.push("takes for `").push(name).push("` ").push(wanted)
            }
            FaultKind::Undecided { name } => {
                let layer = self.layer.as_str();
                let text = Text::EMPTY.push("`").push(if layer.is_empty() { name } else { layer });
                let text = text.push("` needs a number that nobody has given");
                let text = if layer.is_empty() { text } else { text.push(", for `").push(name).push("`") };
                text.push("\n  = help: no input can tell it: write the number instead of `_`")
            }
            FaultKind::Signature { whose, name, axis, unknown, declared, found, origin } => {
                let text = self.place().push(whose);
                let text = if name.is_empty() { text } else { text.push(" `").push(name).push("`") };
                let text = text.push(" is declared with ");
                let text = if unknown.is_empty() { text.number(*declared) } else { text.push("`").push(unknown).push("`") };
                let text = text.push(" along axis ").number(*axis).push(" of a sample, ");
                let text = if unknown.is_empty() { text } else { text.push("which is ").number(*declared).push(" already, ") };
                let text = text.push("but ").push(origin.as_str()).push(" ").number(*found).push("\n  = help: ");
                if unknown.is_empty() {
                    return text.push("write `").number(*found).push("` or `_`");
                }
                text.push("`").push(unknown).push("` is one size wherever it stands: give it the same one, or write another name or `_`")
            }
            FaultKind::SignatureRank { whose, name, declared, found, origin } => {
                let text = self.place().push(whose);
                let text = if name.is_empty() { text } else { text.push(" `").push(name).push("`") };
                let text = text.push(" is declared with ").number(*declared);
                let text = text.push(if *declared == 1 { " axis" } else { " axes" }).push(" a sample, but ");
                let text = text.push(origin.as_str()).push(" ").push(found.as_str());
                let text = text.push("\n  = help: write one size or `_` for each axis of a sample; the batch is not written");
                if name.is_empty() || axis_count(found.as_str()) + 1 != *declared { return text; }
                text.push("\n  = help: where the array is one sample, give a batch of one: `x.insert_axis(Axis(0))`")
            }
            FaultKind::Unflattened { found, origin } => self
                .subject()
                .push("takes features, but ")
                .push(origin.as_str())
                .push(" an image ")
                .push(found.as_str())
                .push("\n  = help: write `.flatten()` before it"),
            FaultKind::ChannelsLast { rank, sizes, found, origin } => {
                let (wanted, seen, order) = match rank {
                    1 => ("signals [channels, length]", "[length, channels]", "0, 2, 1"),
                    2 => ("images [channels, height, width]", "[height, width, channels]", "0, 3, 1, 2"),
                    _ => ("volumes [channels, depth, height, width]", "[depth, height, width, channels]", "0, 4, 1, 2, 3"),
                };
                let text = self.subject().push("takes ").push(wanted);
                let text = match sizes {
                    Some((channels, _)) => text.push(" with ").number(*channels).push(" channels"),
                    None => text,
                };
                let text = text.push(", but ").push(origin.as_str()).push(" ").push(found.as_str());
                let text = text.push(", which looks like ").push(seen);
                let text = text.push("\n  = help: write `.permute([").push(order).push("])` before it in `forward`");
                if sizes.is_some() { text } else { text.push(", or give the number of channels instead of `_`") }
            }
            FaultKind::Sizes { kind, names, found } => {
                let text = self.place().push("`").push(kind).push("` takes ");
                let mut text = match names.len() {
                    0 => text.push("no sizes"),
                    1 => text.push("one size, `<"),
                    count => text.number(count).push(" sizes, `<"),
                };
                let mut i = 0;
                while i < names.len() {
                    text = text.push(if i > 0 { ", " } else { "" }).push(names[i]);
                    i += 1;
                }
                let text = text.push(if names.is_empty() { ", but " } else { ">`, but " }).number(*found);
                let text = text.push(if *found == 1 { " is written" } else { " are written" });
                if *found < names.len() { text.push("\n  = help: write `_` for a size that follows from something else") } else { text }
            }
            FaultKind::Computed { size, settled } => self
                .subject_or_expression()
                .push("gives a size of ")
                .number(*size)
                .push(" where ")
                .number(*settled)
                .push(" is needed\n  = help: write `_` for one of the sizes that it is computed from, or where the ")
                .number(*settled)
                .push(" is written"),
            FaultKind::NoMember { name, index, length } => self
                .place()
                .push("stack `")
                .push(name)
                .push("` has ")
                .number(*length)
                .push(if *length == 1 { " member" } else { " members" })
                .push(", but `")
                .push(name)
                .push("[")
                .number(*index)
                .push("]` is called\n  = help: the first is `")
                .push(name)
                .push("[0]`; make the stack longer, or call another one"),
            FaultKind::Unused => self
                .subject()
                .push("is declared but never called\n  = help: call it in `forward`, or delete it"),
            FaultKind::Tied { layer, name, owner, owned, transposed, sizes } => {
                let text = Text::EMPTY.push("`").push(layer.as_str()).push(".").push(name).push("` is `");
                let text = text.push(owner.as_str()).push(".").push(owned);
                let text = text.push(if *transposed { "` transposed, but " } else { "`, but " });
                let Some((needed, given)) = sizes else {
                    return text.push("they have different numbers of axes\n  = help: tie parameters of one shape");
                };
                text.push("layer `")
                    .push(layer.as_str())
                    .push("` needs ")
                    .number(*needed)
                    .push(" where layer `")
                    .push(owner.as_str())
                    .push("` has ")
                    .number(*given)
                    .push("\n  = help: write `")
                    .number(*given)
                    .push("` or `_` in `")
                    .push(layer.as_str())
                    .push("`, or `")
                    .number(*needed)
                    .push("` or `_` in `")
                    .push(owner.as_str())
                    .push("`")
            }
            FaultKind::Untransposable { name } => self
                .subject()
                .push("has no matrix `")
                .push(name)
                .push("` that could be another one transposed\n  = help: tie it without `.t()`"),
            FaultKind::NoParameter { kind, name, names } => {
                let text = self.subject().push("(`").push(kind).push("`) has no parameter `").push(name);
                if names.as_str().is_empty() {
                    text.push("`\n  = help: it has none of its own; tie parameters of the layers of this network")
                } else {
                    text.push("`\n  = help: it has ").push(names.as_str())
                }
            }
            FaultKind::Waits(open) => self
                .subject()
                .push("waits for ")
                .push(open.size())
                .push(", but the network is `#[eager]`\n  = help: ")
                .push(open.fix()),
            FaultKind::NeverTold(open) => self
                .subject()
                .push("leaves ")
                .push(open.size())
                .push(" open, and no input can tell it\n  = help: write the number instead of `_`, or `#[loaded]` above the network if a file is to tell it"),
            FaultKind::Overflow { operation } => self
                .place()
                .push("the sizes of `")
                .push(operation)
                .push("` are too large to count with"),
            FaultKind::Ranks { operation, shapes, origins } => self
                .place()
                .push("`")
                .push(operation)
                .push("` joins tensors with the same number of axes, but ")
                .push(origins[0].as_str())
                .push(" ")
                .push(shapes[0].as_str())
                .push(" and ")
                .push(origins[1].as_str())
                .push(" ")
                .push(shapes[1].as_str())
                .push(" a sample\n  = help: bring them to the same number of axes: `.unsqueeze(…)`, `.flatten()`"),
            FaultKind::TooManyAxes => self
                .place()
                .push("a tensor has at most ")
                .number(MAX_RANK)
                .push(" axes, the batch included, and this one would have more\n  = help: join some of them: `.flatten()`, `.reshape([…])`"),
            FaultKind::TooLong { name } => self
                .place()
                .push("`")
                .push(name)
                .push("` takes a list of at most ")
                .number(MAX_LIST)
                .push(" entries: a tensor has at most ")
                .number(MAX_RANK)
                .push(" axes"),
            FaultKind::Target { target, output } => Text::EMPTY
                .push("the loss compares a target of shape ")
                .push(target.as_str())
                .push(" with an output of shape ")
                .push(output.as_str())
                .push("\n  = help: give the target as ")
                .push(output.as_str())
                .push(", or change what the network gives"),
            FaultKind::Classes { target, output, wanted, probabilities, help } => {
                let text = Text::EMPTY.push("the loss compares a target of shape ").push(target.as_str());
                let text = text.push(" with scores of shape ").push(output.as_str());
                let text = text.push(", whose classes are axis ").number((axis_count(output.as_str()) > 1) as usize);
                let text = if help.is_empty() { text } else { text.push("\n  = help: ").push(help) };
                let text = text.push("\n  = help: ").push(if help.is_empty() { "give classes of shape " } else { "or give classes of shape " });
                let text = text.push(wanted.as_str());
                if *probabilities { text.push(", or probabilities of shape ").push(output.as_str()) } else { text }
            }
            FaultKind::Other { message } => self.subject().push(message),
        }
    }

    /// The axis the mistake is about, in words.
    pub fn axis(&self) -> String {
        match self.kind {
            FaultKind::Declared { what, .. }
            | FaultKind::Window { what, .. }
            | FaultKind::Indivisible { what, .. } => what.to_owned(),
            FaultKind::Operands { axis, .. } | FaultKind::Signature { axis, .. } => {
                format!("axis {axis}")
            }
            FaultKind::Axis { dim, .. } | FaultKind::Squeezed { dim, .. } => format!("axis {dim}"),
            FaultKind::Chunks { axis, .. } | FaultKind::TooShort { axis, .. } => {
                format!("axis {axis}")
            }
            FaultKind::Option { name, .. } => name.to_owned(),
            FaultKind::ChannelsLast { .. } => "channels".to_owned(),
            _ => String::new(),
        }
    }

    /// The size that was expected and the one found, where the mistake is about two sizes.
    pub fn sizes(&self) -> Option<(usize, usize)> {
        match self.kind {
            FaultKind::Declared {
                declared, found, ..
            }
            | FaultKind::Signature {
                declared, found, ..
            } => Some((declared, found)),
            FaultKind::Operands { left, right, .. } => Some((left, right)),
            FaultKind::Window { size, span, .. } => Some((span, size)),
            FaultKind::Tied { sizes, .. } | FaultKind::ChannelsLast { sizes, .. } => sizes,
            FaultKind::Count { found, wanted, .. } | FaultKind::Shares { found, wanted, .. } => {
                Some((wanted, found))
            }
            FaultKind::TooShort {
                start,
                length,
                size,
                ..
            } => Some((start.unsigned_abs() as usize + length, size)),
            FaultKind::Chunks { size, parts, .. } => Some((parts, size)),
            FaultKind::Order { count, wanted, .. } => Some((wanted, count)),
            FaultKind::Squeezed { size, .. } => Some((1, size)),
            FaultKind::Indivisible { size, divisor, .. } => Some((divisor, size)),
            _ => None,
        }
    }

    const fn subject(&self) -> Text {
        if self.layer.as_str().is_empty() {
            return Text::EMPTY.push("the operation ");
        }
        Text::EMPTY
            .push("layer `")
            .push(self.layer.as_str())
            .push("` ")
    }

    /// The layer, or in what a network declares an expression of sizes.
    const fn subject_or_expression(&self) -> Text {
        if self.layer.as_str().is_empty() {
            return Text::EMPTY.push("what is computed here ");
        }
        self.subject()
    }

    /// The layer, or in a network's own body the operation.
    const fn subject_or(&self, operation: &str) -> Text {
        if self.layer.as_str().is_empty() {
            return Text::EMPTY.push("`").push(operation).push("` ");
        }
        self.subject()
    }

    const fn place(&self) -> Text {
        if self.layer.as_str().is_empty() {
            return Text::EMPTY;
        }
        Text::EMPTY
            .push("in `")
            .push(self.layer.as_str())
            .push("`: ")
    }
}

impl Cause {
    const fn verb(&self) -> &'static str {
        match self {
            Self::Written => "is declared with ",
            Self::Given(_) => "was built with ",
            Self::Bound => "was bound to ",
            Self::Called => "was called with ",
            Self::Tied(_) => "has ",
            Self::Inferred => "needs ",
        }
    }
}

/// How many sizes a shape in words has.
const fn axis_count(shape: &str) -> usize {
    if shape.len() <= 2 {
        return 0;
    }
    let (bytes, mut commas, mut i) = (shape.as_bytes(), 0, 0);
    while i < bytes.len() {
        commas += (bytes[i] == b',') as usize;
        i += 1;
    }
    commas + 1
}

impl<const N: usize> Text<N> {
    const fn push_if(self, wanted: bool, number: usize) -> Self {
        if wanted { self.number(number) } else { self }
    }
}
