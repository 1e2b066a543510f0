//! The kinds of mistakes in the sizes of a network.

use super::{Origin, Path};
use crate::shape::{Amount, Given, Text, Unresolved};

/// The kinds of mistakes.
#[derive(Clone, Copy)]
pub enum FaultKind {
    /// A layer was written for one size and receives another.
    Declared {
        /// Of what: `input features`, `channels`.
        what: &'static str,
        /// The size it has.
        declared: Amount,
        /// Why it has that.
        cause: Cause,
        /// The size that arrives.
        found: Amount,
        /// Where that comes from.
        origin: Origin,
        /// What has to divide the size, and its value.
        divisor: Option<(&'static str, usize)>,
        /// What puts the first axis of a sample last, where that has the size and the last one should.
        first_last: Option<&'static str>,
        /// Another axis along which `cat` would have made that size, counted as in PyTorch.
        join_along: Option<usize>,
    },
    /// Two operands whose sizes must agree do not.
    Operands {
        /// The operation: `+`, `cat`, `matmul`.
        operation: &'static str,
        /// The axis, counted as in PyTorch: the batch is 0; from the last on where their number is not known.
        axis: i64,
        /// What it means, `height`, or empty.
        what: &'static str,
        /// The size on the left.
        left: Amount,
        /// Where that comes from.
        left_origin: Origin,
        /// The size on the right.
        right: Amount,
        /// Where that comes from.
        right_origin: Origin,
        /// What to do about it.
        help: &'static str,
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
        /// What another number there would have to divide, if one may be written.
        common: Option<usize>,
    },
    /// Another number of states for a recurrent layer than it has layers and directions.
    States {
        /// How many layers it has.
        layers: usize,
        /// How many directions: 1 or 2.
        directions: usize,
        /// How many states there are.
        found: Amount,
        /// Where those come from.
        origin: Origin,
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
    /// A padding that shows more of an axis than there is.
    TooNarrow {
        /// The axis, counted as in PyTorch.
        axis: usize,
        /// How many elements are added.
        amount: usize,
        /// How many that takes.
        least: usize,
        /// How many could be added.
        most: usize,
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
    /// An operation on whole numbers of a body that gives none.
    NoCount {
        /// `+`, `-`, `*` or `/`.
        operation: &'static str,
        /// The number on the left.
        left: usize,
        /// The number on the right.
        right: usize,
    },
    /// An operation on whole numbers that may be below 0, which gives none.
    NoInteger {
        /// `+`, `-`, `*` or `/`.
        operation: &'static str,
        /// The number on the left.
        left: i64,
        /// The number on the right.
        right: i64,
    },
    /// A division or difference whose result is known and that no size on the right gives.
    NoSolution {
        /// `-` or `/`.
        operation: &'static str,
        /// The size on the left.
        left: usize,
        /// What the result has to be.
        result: usize,
    },
    /// A reshape to another number of elements.
    Count {
        /// The operation.
        operation: &'static str,
        /// Elements of a sample as it arrives.
        found: Amount,
        /// Elements of a sample as asked for.
        wanted: usize,
        /// One of the sizes could be another one instead.
        open: bool,
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
    /// A reshape in which sizes that nobody knows stand on both sides, and the others do not go together.
    Beside {
        /// The product of the others as they arrive.
        found: usize,
        /// The product of the others as asked for.
        wanted: usize,
        /// One of the sizes asked for is to follow.
        follows: bool,
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
        /// The number it is given, where it is one.
        given: Option<i64>,
    },
    /// An option that is the name of a size where a word is meant.
    Unquoted {
        /// The option.
        name: &'static str,
        /// The word.
        word: &'static str,
    },
    /// An option that is the index of a row, one that there is not.
    NoRow {
        /// The option.
        name: &'static str,
        /// The index.
        index: i64,
        /// How many rows there are.
        rows: usize,
    },
    /// A number that no input can tell, and that nobody has given.
    Undecided {
        /// Of what: an option, `when`, a stack.
        name: &'static str,
        /// The name of a size that stands there, or empty.
        size: &'static str,
    },
    /// An argument or a result that is not as the signature says.
    Signature {
        /// Whose: `argument `x``, `the result`.
        whose: &'static str,
        /// The argument's name, or empty.
        name: &'static str,
        /// The axis, counted as in PyTorch: the batch is 0.
        axis: usize,
        /// The name that the signature gives the size, or empty.
        unknown: &'static str,
        /// The size the signature gives.
        declared: Amount,
        /// The size found.
        found: Amount,
        /// Where that comes from.
        origin: Origin,
        /// The shape the signature gives a sample and the one found, where they differ in several sizes.
        shapes: Option<[Text<80>; 2]>,
    },
    /// A sample of three axes, an image, whose first size is not where the signature has it, but last.
    FirstLast {
        /// Whose: `argument `x``, `the result`.
        whose: &'static str,
        /// The argument's name, or empty.
        name: &'static str,
        /// The shape the signature gives a sample.
        declared: Text<80>,
        /// The shape found, a sample's.
        found: Text<80>,
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
        /// How many samples it lists, if it does.
        samples: Option<usize>,
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
        /// That of the classes that it wants; empty where it is the output that is wrong.
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
        /// The network is a list of layers.
        listed: bool,
        /// What puts the channels last, where they are as many as the features should be.
        first_last: Option<&'static str>,
    },
    /// An image whose channels seem to come last.
    ChannelsLast {
        /// How many axes it has besides the channels.
        rank: usize,
        /// How many channels the layer has, where that is known.
        channels: Option<usize>,
        /// The size found in their place, where it is known.
        first: Option<usize>,
        /// The image's shape.
        found: Text<80>,
        /// Where it comes from.
        origin: Origin,
    },
    /// A sequence whose features seem to come first.
    ChannelsFirst {
        /// How many features the layer takes, where that is known.
        features: Option<usize>,
        /// The shape found, a sample's.
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
    /// A layer that is called by its kind.
    Undeclared {
        /// The kind.
        kind: &'static str,
        /// The sizes it takes.
        sizes: &'static [&'static str],
        /// The operation that it is as well.
        operation: Option<&'static str>,
    },
    /// A call of what is no function.
    NoFunction {
        /// What to write.
        instead: &'static str,
    },
    /// A size that is written as an option.
    SizeAsOption {
        /// The layer's kind.
        kind: &'static str,
        /// The size.
        name: &'static str,
        /// All sizes as they are to be written: `<3, 4>`.
        sizes: Text<120>,
    },
    /// A size that is computed from others and has another value from elsewhere.
    Computed {
        /// What is computed.
        size: Amount,
        /// What it has to be.
        settled: Amount,
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
    /// An element that an array of the body does not have.
    NoElement {
        /// The array.
        name: &'static str,
        /// Which element.
        index: usize,
        /// How many it has.
        count: usize,
    },
    /// A layer of any kind that gives another size than what follows it takes.
    Kind {
        /// The axis, counted as in PyTorch: the batch is 0; from the last on where the others are not known.
        axis: i64,
        /// The size that is taken.
        needed: Amount,
        /// The size that the layer gives.
        given: Amount,
    },
    /// A layer that is declared and never called.
    Unused {
        /// A layer that has a parameter of its, or empty.
        owner_of: Path,
    },
    /// A layer that is called and whose results nothing uses.
    InVain,
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
        sizes: Option<(Amount, Amount)>,
        /// It would fit with its axes exchanged.
        exchanged: bool,
        /// The sizes may be a kernel's, which are written.
        kernel: bool,
    },
    /// A parameter that its layer asks for with two shapes.
    AskedTwice {
        /// The parameter.
        name: &'static str,
        /// The shapes.
        shapes: [Text<80>; 2],
    },
    /// A parameter that has another shape than its layer gives it: a layer of another size stands there.
    Held {
        /// The parameter.
        name: &'static str,
        /// The shape that the layer gives it, as far as it is known.
        shape: Text<80>,
        /// The shape it has.
        held: Text<80>,
        /// The sizes that differ; none where the numbers of axes do.
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
        /// What there is within the layer.
        within: Within,
    },
    /// A tie to a parameter that is a third one, which was not known when it was asked for.
    TiedItself {
        /// The layer that has it.
        layer: Path,
        /// Its name there.
        name: &'static str,
        /// The layer whose it is.
        owner: Path,
        /// Its name there.
        owned: &'static str,
        /// It is that one transposed.
        transposed: bool,
    },
    /// A tie that leads to a layer that there is not.
    NoLayer {
        /// The kind of the layer that it should be in.
        kind: &'static str,
        /// The name that was written, or
        name: &'static str,
        /// the number of a stack's member.
        index: Option<u32>,
        /// What there is.
        within: Within,
    },
    /// A size that stays open in a network of which nothing may wait; its path, empty of the one that is checked.
    Waits(Unresolved, Path),
    /// A size that neither the inputs nor anything around the network can tell, and what stands for it.
    NeverTold(Unresolved, &'static str),
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

/// What there is within a layer.
#[derive(Clone, Copy)]
pub enum Within {
    /// Nothing.
    Nothing,
    /// Layers of these names, in words.
    Layers(Text<160>),
    /// The members of a stack, so many.
    Members(usize),
    /// It is not there itself.
    Absent,
    /// It is a parameter itself.
    Itself,
    /// What was taken for a parameter is a layer.
    Namesake,
}

impl Within {
    /// That in words, after a text.
    pub(super) const fn told(&self, text: Text) -> Text {
        match self {
            Self::Itself => text.push("it is a parameter itself: others take it by its own name, and it takes another one by `value = …`"),
            Self::Namesake => text.push("the layer of this name within it may have some"),
            Self::Nothing => text.push("there is nothing within it"),
            Self::Absent => text.push("its condition does not hold, so that it is not there"),
            Self::Layers(names) => text.push("within it: ").push(names.as_str()),
            Self::Members(count) => text
                .push("it is a stack, whose members are `[0]` to `[")
                .number(*count - 1)
                .push("]`"),
        }
    }
}

/// Why a layer has a size.
#[derive(Clone, Copy)]
pub enum Cause {
    /// It was written.
    Written,
    /// It was written in the definition of a network within the one that is checked.
    WrittenWithin {
        /// The network's name.
        network: &'static str,
        /// What arrives comes from within that network as well.
        both: bool,
    },
    /// It was written, and the layer was called with it before, in the same run.
    WrittenAndCalled,
    /// It was written for all members of a stack, and fits those before.
    WrittenForMembers,
    /// The network was built with it, as this parameter of its.
    Given {
        /// The parameter.
        parameter: Given,
        /// What arrives may depend on it as well: another layer has that size, too.
        elsewhere: bool,
    },
    /// The definition fixes it, whatever the inputs are.
    Fixed,
    /// An earlier input or a loaded file has bound it.
    Bound,
    /// The layer was called with it before, in the same run.
    Called,
    /// It shares a parameter with this layer.
    Tied(Path),
    /// It follows from something else.
    Inferred,
}
