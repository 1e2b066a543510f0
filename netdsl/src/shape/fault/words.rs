//! The words for what can be wrong with the sizes of a network.

use super::advice::{divisors, multiples};
use super::{Cause, Fault, FaultKind, Within};
use crate::graph::trace::same_text;
use crate::shape::{MAX_LIST, MAX_RANK, Path, Text};

/// What to write where an axis may list what a layer takes.
pub(crate) const OVER: &str = "write `.over(1)` between the layer and its arguments, as in `conv.over(1)(x)`, to call it for each element along axis 1";
/// The same where that axis is the first of the network's own signature.
pub(crate) const OVER_OR_BATCH: &str = "if axis 1 is the batch, leave it out of the signature, which is that of one sample; if not, write `.over(1)` \
     between the layer and its arguments, as in `conv.over(1)(x)`, to call it for each element along axis 1";

const DIVIDED_BY_ZERO: &str =
    "`: nothing is divided by 0\n  = help: divide by another number, or begin the loop further on";
const TOO_LARGE: &str = "` is more than a number can hold\n  = help: write smaller numbers";
/// What to do about inputs that do not fit what earlier ones have bound.
const BOUND: &str =
    "give inputs of the size it was bound with, or bind the network anew with `rebind`";

impl Fault {
    /// The mistake in one sentence, and a line of help.
    pub const fn text(&self) -> Text {
        let text = self.sentence();
        match self.exchanged {
            true => text.push("\n  = help: or, if two results are meant the other way round, exchange their names"),
            false => text,
        }
    }

    const fn sentence(&self) -> Text {
        match &self.kind {
            FaultKind::Declared { what, declared, cause, found, origin, divisor, first_last, join_along } => {
                let text = self.subject().push(cause.verb()).amount(*declared).push(" ").push(what);
                let text = match cause {
                    Cause::Tied(owner) => text.push(" through its tie to `").push(owner.as_str()).push("`"),
                    Cause::Called => text.push(" before"),
                    Cause::Given { parameter, .. } => text.push(", `").push(parameter.name).push("`"),
                    _ => text,
                };
                let text = text.push(", but ").push(origin.as_str()).push(" ").amount(*found);
                if let (Cause::Written | Cause::Given { .. }, Some((name, number)), Some(found)) = (cause, divisor, found.known())
                    && !found.is_multiple_of(*number)
                {
                    let text = text.push("\n  = help: give it ").amount(*declared).push(", for ").number(found);
                    return text.push(" is not a multiple of ").push(name).push(", ").number(*number);
                }
                let text = match join_along {
                    Some(axis) => text
                        .push("\n  = help: join along that axis, by `cat([…], ")
                        .number(*axis)
                        .push(")`, which makes ")
                        .amount(*declared)
                        .push("\n  = help: or "),
                    None => text.push("\n  = help: "),
                };
                let text = match cause {
                    Cause::Written => text.push("write ").writable(*found, true),
                    // A number may be wrong where the network stands with other sizes.
                    Cause::WrittenWithin { network, both } => {
                        let text = text.push("in `").push(network).push("`, write `_`");
                        if *both { text.push(", or give `").push(network).push("` another size here") } else { text.push(", or give it ").amount(*declared) }
                    }
                    Cause::WrittenForMembers => text.push("write `_`: each member then has what arrives there"),
                    Cause::Given { parameter, elsewhere: true } => {
                        text.push("write `_` in the place of `").push(parameter.name).push("` in this layer, or build the network with another number")
                    }
                    Cause::Given { parameter, elsewhere: false } => {
                        let text = text.push("build the network with ");
                        text.writable(*found, !parameter.constant).push(" for `").push(parameter.name).push("`")
                    }
                    Cause::Bound => text.push(BOUND),
                    Cause::Fixed => text.push("give inputs of that size, or have the definition leave it open: it follows from other sizes there"),
                    Cause::Called | Cause::WrittenAndCalled => text.push("one layer has one size: give it the same one in every call, or declare another layer"),
                    Cause::Tied(_) => {
                        text.produced(origin, *declared).push(", turn the tie round (with or without `.t()`), or leave the tie out")
                    }
                    Cause::Inferred => text.produced(origin, *declared),
                };
                let Some(permuted) = first_last else { return text };
                let text = text.push("\n  = help: or write ").push(permuted).push(" before it, which puts the ").amount(*declared);
                text.push(" of axis 1 last")
            }
            FaultKind::Operands { operation, axis, what, left, left_origin, right, right_origin, help } => self
                .place()
                .push("`")
                .push(operation)
                .push("` needs equal sizes along ")
                .push(if what.is_empty() { "" } else { "the " })
                .push(what)
                .push(if what.is_empty() { "" } else { ", " })
                .axis(*axis)
                .push(", but ")
                .push(left_origin.as_str())
                .push(" ")
                .amount(*left)
                .push(" and ")
                .push(right_origin.as_str())
                .push(" ")
                .amount(*right)
                .push("\n  = help: ")
                .push(if left_origin.bound || right_origin.bound { BOUND } else { help }),
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
            FaultKind::Indivisible { what, size, by, divisor, common } => {
                let text = self
                .subject()
                .push("needs ")
                .push(what)
                .push(" to be a multiple of ")
                .push(by)
                .push(", but ")
                .number(*size)
                .push(" is not a multiple of ")
                .number(*divisor)
                .push("\n  = help: give it ")
                .push(what)
                .push(" ")
                .either(multiples(*size, *divisor));
                match common {
                    Some(common) => text.push(", or ").push(by).push(" ").either(divisors(*common, *divisor)),
                    None => text,
                }
            }
            FaultKind::States { layers, directions, found, origin } => {
                let (both, total) = (*directions == 2, *layers * *directions);
                let text = self.subject().push("takes ").number(total).push(if total == 1 { " state" } else { " states" });
                let text = text.push(if both { ", one for each layer and direction" } else { ", one for each layer" });
                let text = text.push(" (`num_layers = ").number(*layers).push(if both { "`, `bidirectional = true`)" } else { "`)" });
                let text = text.push(", but ").push(origin.as_str()).push(" ").amount(*found).push("\n  = help: ");
                let text = match found.known() {
                    Some(found) if both && found == *layers => text.push("leave out `bidirectional`, or "),
                    Some(found) if found.is_multiple_of(*directions) => {
                        let text = text.push("write `num_layers = ").number(found / *directions).push("`");
                        text.push(if !both && found == 2 * *layers { " or `bidirectional = true`, or " } else { ", or " })
                    }
                    _ => text,
                };
                text.push("give it ").number(total)
            }
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
            FaultKind::TooNarrow { axis, amount, least, most, size, origin } => self
                .place()
                .push("a padding by ")
                .number(*amount)
                .push(" needs at least ")
                .number(*least)
                .push(" elements along ")
                .axis(*axis as i64)
                .push(", but ")
                .push(origin.as_str())
                .push(" ")
                .number(*size)
                .push("\n  = help: pad by at most ")
                .number(*most)
                .push(", or with zeros"),
            FaultKind::TooShort { operation, axis, start, length, size, origin } => {
                let text = self.place().push("`").push(operation).push("` asks for ");
                let text = if *length == 1 { text.push("element ") } else { text.number(*length).push(" elements from ") };
                let text = text.signed(*start);
                let text = text.push(" of axis ").number(*axis).push(", but ").push(origin.as_str()).push(" ").number(*size);
                let text = text.push("\n  = help: ");
                if *length == 1 {
                    return text.push("write an index below ").number(*size);
                }
                if *start >= 0 && (*start as usize) < *size {
                    return match same_text(operation, "slice") {
                        true => text.push("end the range at ").number(*size).push(", or leave its end out"),
                        false => text.push("write at most ").number(*size - *start as usize).push(" for the length"),
                    };
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
                .signed(*dim)
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
            FaultKind::NoCount { operation, left, right } => {
                let text = self.place().push("`").number(*left).push(" ").push(operation).push(" ").number(*right);
                match operation.as_bytes()[0] {
                    b'-' => text.push("` is below 0, which no place and no count is\n  = help: take less away, or begin the loop further on"),
                    b'/' => text.push(DIVIDED_BY_ZERO),
                    _ => text.push(TOO_LARGE),
                }
            }
            FaultKind::NoInteger { operation, left, right } => {
                let text = self.place().push("`").signed(*left).push(" ").push(operation).push(" ").signed(*right);
                match *right == 0 && operation.as_bytes()[0] == b'/' {
                    true => text.push(DIVIDED_BY_ZERO),
                    false => text.push(TOO_LARGE),
                }
            }
            FaultKind::NoSolution { operation, left, result } => self
                .place()
                .push("`")
                .number(*left)
                .push(" ")
                .push(operation)
                .push(" _` has to be ")
                .number(*result)
                .push(" here, which no size in the place of `_` gives\n  = help: change one of the numbers, or what fixes the ")
                .number(*result),
            FaultKind::Count { operation, found, wanted, open } => self
                .place()
                .push("`")
                .push(operation)
                .push("` asks for ")
                .number(*wanted)
                .push(" elements a sample, but there are ")
                .amount(*found)
                .push("\n  = help: write sizes whose product is ")
                .amount(*found)
                .push(if *open { ", or `_` for one that follows from the others" } else { "" }),
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
            FaultKind::Beside { found, wanted, follows } => {
                let text = self.place().push("beside the sizes that stand on both sides `reshape` ");
                let text = match follows {
                    true => text
                        .push("divides ")
                        .number(*found)
                        .push(" elements by ")
                        .number(*wanted)
                        .push(", which leaves a remainder\n  = help: write other sizes whose product divides "),
                    false => text
                        .push("asks for ")
                        .number(*wanted)
                        .push(" elements, but there are ")
                        .number(*found)
                        .push("\n  = help: write other sizes whose product is "),
                };
                text.number(*found)
            }
            FaultKind::Axis { operation, dim, found, why } => {
                let text = self.place().push("`").push(operation).push("` cannot use axis ");
                let text = text.signed(*dim);
                let text = text.push(" of a sample ").push(found.as_str());
                let text = if why.is_empty() { text } else { text.push(": ").push(why) };
                text.push("\n  = help: axes count as in PyTorch: 0 is the batch, 1 the first one written, -1 the last")
            }
            FaultKind::Option { operation, name, wanted, given } => {
                let text = if operation.is_empty() { self.subject() } else { self.subject_or(operation) };
                let text = text.push("takes for `").push(name).push("` ").push(wanted);
                match given {
                    Some(number) => text.push(", and is given ").signed(*number),
                    None => text,
                }
            }
            FaultKind::Unquoted { name, word } => {
                let text = self.subject().push("takes a word for `").push(name).push("`, and `").push(word);
                text.push("` is a size\n  = help: words stand in quotes: `").push(name).push(" = \"").push(word).push("\"`")
            }
            FaultKind::NoRow { name, index, rows } => self
                .subject()
                .push("takes for `")
                .push(name)
                .push("` one of its rows, 0 to ")
                .number(rows.saturating_sub(1))
                .push(" or from the end -1 to -")
                .number(*rows)
                .push(", and is given ")
                .signed(*index),
            FaultKind::Undecided { name, size } => {
                let layer = self.layer.as_str();
                if !size.is_empty() {
                    let text = Text::EMPTY.push("`").push(layer).push("` needs a number for `").push(name);
                    let text = text.push("`, but nobody gives one for `").push(size);
                    let text = text.push("`\n  = help: conditions, and options such as `stride`, are not inferred: `").push(size);
                    return text.push("` has to be a parameter of its network that is given a number and not `_`, as in `Block<64, 64>`");
                }
                let text = Text::EMPTY.push("`").push(if layer.is_empty() { name } else { layer });
                let text = text.push("` needs a number that nobody has given");
                let text = if layer.is_empty() { text } else { text.push(", for `").push(name).push("`") };
                text.push("\n  = help: no input can tell it: write the number instead of `_`")
            }
            FaultKind::Signature { whose, name, unknown, origin, shapes: Some([declared, found]), .. } if unknown.is_empty() => {
                let text = self.declared(whose, name).push(" as ").push(declared.as_str()).push(", but ");
                let text = text.push(origin.as_str()).push(" ").push(found.as_str()).push("\n  = help: ");
                let text = if self.is_of_a_part(name) { text.push("give it such a one, or in its signature ") } else { text };
                text.push("write `").push(found.as_str()).push("`, with `_` for what may be any size")
            }
            FaultKind::Signature { whose, name, axis, unknown, declared, found, origin, .. } => {
                let text = self.declared(whose, name).push(" with ");
                let text = if unknown.is_empty() { text.amount(*declared) } else { text.push("`").push(unknown).push("`") };
                let text = text.push(" along ").axis(*axis as i64).push(", ");
                let text = match declared.known() {
                    Some(size) if !unknown.is_empty() => text.push("which is ").number(size).push(" already, "),
                    _ => text,
                };
                let text = text.push("but ").push(origin.as_str()).push(" ").amount(*found).push("\n  = help: ");
                if origin.bound {
                    return text.push(BOUND);
                }
                if unknown.is_empty() {
                    let text = if self.is_of_a_part(name) { text.push("give it ").amount(*declared).push(", or in its signature ") } else { text };
                    return text.push("write ").writable(*found, true);
                }
                let text = text.push("`").push(unknown).push("` is one size wherever it stands: give it the same one");
                text.push(if found.is_shifted() { ", by a `padding` that makes up for the windows" } else { "" }).push(", or write another name or `_`")
            }
            FaultKind::FirstLast { whose, name, declared, found, origin } => {
                let text = self.declared(whose, name).push(" as ").push(declared.as_str()).push(", but ");
                let text = text.push(origin.as_str()).push(" ").push(found.as_str());
                text.push(match name.is_empty() {
                    true => ", which has the first size last\n  = help: write `.permute([0, 3, 1, 2])` after it",
                    false => ", which looks like [height, width, channels]\n  = help: exchange its axes, by `.permute([0, 3, 1, 2])` in a body, by `permuted_axes([0, 3, 1, 2])` of an array",
                })
            }
            FaultKind::SignatureRank { whose, name, declared, found, origin, samples } => {
                let text = self.declared(whose, name).push(" with ").number(*declared);
                let text = text.push(if *declared == 1 { " axis" } else { " axes" }).push(" a sample, but ");
                let text = text.push(origin.as_str()).push(" ").push(found.as_str());
                if let Some(samples) = samples {
                    let text = text.push("\n  = help: the batch is not written: leave out the `").number(*samples);
                    return text.push("`, here and in the arguments");
                }
                let text = text.push("\n  = help: write one size or `_` for each axis of a sample; the batch is not written");
                let listed = !self.layer.as_str().is_empty() && !name.is_empty() && axis_count(found.as_str()) == *declared + 1;
                let text = if listed { text.push("\n  = help: or ").push(OVER) } else { text };
                if name.is_empty() && *declared == 1 && axis_count(found.as_str()) > 1 {
                    return text.push("\n  = help: or make one axis of several: by `.flatten()` before a layer over features, by `.mean(1)` or `.select_index(1, -1)` of a sequence");
                }
                if !name.is_empty() && *declared == 1 && axis_count(found.as_str()) > 2 {
                    return text.push("\n  = help: or, to make one axis of all, write `.flatten()` before it");
                }
                if name.is_empty() || axis_count(found.as_str()) + 1 != *declared { return text; }
                let text = text.push("\n  = help: where the array is one sample, give a batch of one: `x.insert_axis(Axis(0))`");
                if *declared == 3 { text.push("; where it is a batch of images without channels, `x.insert_axis(Axis(1))`") } else { text }
            }
            FaultKind::Unflattened { found, origin, listed, first_last } => {
                let text = self.subject().push("takes features, but ").push(origin.as_str()).push(" an image ").push(found.as_str());
                let text = text.push(if *listed { "\n  = help: put `flatten: Flatten` before it" } else { "\n  = help: write `.flatten()` before it" });
                let Some(permuted) = first_last else { return text };
                text.push(", and `_` for its features\n  = help: or write ").push(permuted).push(", which puts the channels last, as many as its features")
            }
            FaultKind::ChannelsLast { rank, channels, found, origin, .. } => {
                let (wanted, seen, order) = match rank {
                    1 => ("signals [channels, length]", "[length, channels]", "0, 2, 1"),
                    2 => ("images [channels, height, width]", "[height, width, channels]", "0, 3, 1, 2"),
                    _ => ("volumes [channels, depth, height, width]", "[depth, height, width, channels]", "0, 4, 1, 2, 3"),
                };
                let text = self.subject().push("takes ").push(wanted);
                let text = match channels {
                    Some(channels) => text.push(" with ").number(*channels).push(" channels"),
                    None => text,
                };
                let text = text.push(", but ").push(origin.as_str()).push(" ").push(found.as_str());
                let text = text.push(", which looks like ").push(seen);
                let text = text.push("\n  = help: write `.permute([").push(order).push("])` before it in `forward`");
                if channels.is_some() { text } else { text.push(", or give the number of channels instead of `_`") }
            }
            FaultKind::ChannelsFirst { features, found, origin } => {
                let text = self.subject().push("takes sequences [steps, features], but ").push(origin.as_str()).push(" ").push(found.as_str());
                let text = text.push(", which looks like [channels, length]\n  = help: write `.permute([0, 2, 1])` before it in `forward`");
                if features.is_some() { text } else { text.push(", or give the number of features instead of `_`") }
            }
            FaultKind::Sizes { kind, names, found } => {
                let text = self.place().push("`").push(kind).push("` takes ");
                let text = match names.len() {
                    0 => text.push("no sizes"),
                    1 => text.push("one size, `"),
                    count => text.number(count).push(" sizes, `"),
                };
                let text = text.listed("<", names, ">");
                let text = text.push(if names.is_empty() { ", but " } else { "`, but " }).number(*found);
                let text = text.push(if *found == 1 { " is written" } else { " are written" });
                if names.is_empty() { return text.push("\n  = help: options are written in `(…)`, by their names"); }
                if *found < names.len() { text.push("\n  = help: write `_` for a size that follows from something else") } else { text }
            }
            FaultKind::Undeclared { kind, sizes, operation } => {
                let text = self.place().push("`").push(kind).push("` is a layer, which is declared in the struct, `");
                let text = text.lower_case(kind).push(": ").push(kind).listed("<", sizes, ">");
                let text = text.push("`, and called by its name, `").lower_case(kind).push("(x)`");
                match operation {
                    Some(operation) => text.push("\n  = help: or write the operation, `x.").push(operation).push("`"),
                    None => text,
                }
            }
            FaultKind::NoFunction { instead } => self.place().push(instead),
            FaultKind::SizeAsOption { kind, name, sizes } => {
                let text = self.place().push("`").push(name).push("` of `").push(kind);
                let text = text.push("` is a size, and no option\n  = help: sizes stand in `<…>`, in their order and without names: write `");
                text.push(kind).push(sizes.as_str()).push("`")
            }
            FaultKind::Computed { size, settled } => self
                .subject_or_expression()
                .push("gives a size of ")
                .amount(*size)
                .push(" where ")
                .amount(*settled)
                .push(" is needed\n  = help: write `_` for one of the sizes that it is computed from, or where the ")
                .amount(*settled)
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
            FaultKind::NoElement { name, index, count } => {
                let text = self.place().push("`").push(name).push("` has ").number(*count);
                let text = text.push(if *count == 1 { " element" } else { " elements" });
                let text = text.push(", but `").push(name).push("[").number(*index).push("]` is asked for\n  = help: ");
                match *count {
                    0 => text.push("make the array longer"),
                    _ => text.push("the last is `").push(name).push("[").number(*count - 1).push("]`; make the array longer, or take another one"),
                }
            }
            FaultKind::Unused { owner_of } => {
                let text = self.subject().push("is declared but never called\n  = help: call it in `forward`, ");
                match owner_of.as_str().is_empty() {
                    true => text.push("or delete it"),
                    false => text.push("or give `").push(owner_of.as_str()).push("` a parameter of its own and delete it"),
                }
            }
            FaultKind::InVain => self
                .subject()
                .push("is called in vain: nothing that it gives flows into the result\n  = help: use what it gives, or delete it and its call"),
            FaultKind::Tied { layer, name, owner, owned, transposed, sizes, exchanged, kernel } => {
                let text = parameter(parameter(Text::EMPTY, layer, name).push(" is "), owner, owned);
                let text = text.push(if *transposed { " transposed, but " } else { ", but " });
                let Some((needed, given)) = sizes else {
                    return text.push("they have different numbers of axes\n  = help: tie parameters of one shape");
                };
                let text = text
                    .push("layer `")
                    .push(layer.as_str())
                    .push("` needs ")
                    .amount(*needed)
                    .push(" where layer `")
                    .push(owner.as_str())
                    .push("` has ")
                    .amount(*given)
                    .push("\n  = help: ");
                if *exchanged {
                    return text.push(match *transposed {
                        true => "leave out `.t()`: as it is it fits",
                        false => "write `.t()` after it: with its axes exchanged it fits",
                    });
                }
                let text = text.push("write ").writable(*given, !*kernel).push(" in `").push(layer.as_str());
                text.push("`, or ").writable(*needed, !*kernel).push(" in `").push(owner.as_str()).push("`")
            }
            FaultKind::Kind { axis, needed, given } => self
                .subject()
                .push("produces ")
                .amount(*given)
                .push(" along ")
                .axis(*axis)
                .push(", but what follows it takes ")
                .amount(*needed)
                .push("\n  = help: give a kind of layers that produces ")
                .amount(*needed)
                .push(" there, or write ")
                .writable(*given, true)
                .push(" in what follows"),
            FaultKind::AskedTwice { name, shapes } => self
                .subject()
                .push("asks twice for its parameter `")
                .push(name)
                .push("`, with shape ")
                .push(shapes[0].as_str())
                .push(" and with shape ")
                .push(shapes[1].as_str())
                .push("\n  = help: by one name it is one parameter: ask for one shape, or by two names"),
            FaultKind::Held { name, shape, held, sizes: _ } => self
                .subject()
                .push(if name.is_empty() { "is a parameter" } else { "has a `" })
                .push(name)
                .push(if name.is_empty() { " of shape " } else { "` of shape " })
                .push(shape.as_str())
                .push(" here, but holds one of shape ")
                .push(held.as_str())
                .push("\n  = help: put a layer of the sizes written here in its place, or write the sizes of the one that is there; where an input of another size tells them, bind the network anew with `rebind`"),
            FaultKind::Untransposable { name } => self
                .subject()
                .push("has no matrix `")
                .push(name)
                .push("` that could be another one transposed\n  = help: tie it without `.t()`"),
            FaultKind::NoParameter { kind, name, names, within } => {
                let text = self.subject().push("(`").push(kind).push("`) ");
                let text = match name.is_empty() {
                    true => text.push("is no parameter itself"),
                    false => text.push("has no parameter `").push(name).push("`"),
                };
                let text = text.push("\n  = help: ");
                match within {
                    _ if !names.as_str().is_empty() => text.push("it has ").push(names.as_str()),
                    Within::Itself => within.told(text),
                    _ => within.told(text.push("it has none of its own; ")),
                }
            }
            FaultKind::TiedItself { layer, name, owner, owned, transposed } => {
                let text = parameter(parameter(Text::EMPTY, layer, name).push(" is "), owner, owned);
                let text = text.push(if *transposed { " transposed" } else { "" });
                let text = text.push(", which its network says only later\n  = help: name that one, ");
                parameter(text, owner, owned).push(if *transposed { ", the other way round" } else { "" })
            }
            FaultKind::NoLayer { kind, name, index, within } => {
                let text = self.subject().push("(`").push(kind).push("`) has no ");
                let text = match index {
                    Some(index) => text.push("member `[").number(*index as usize).push("]`"),
                    None => text.push("layer `").push(name).push("`"),
                };
                within.told(text.push("\n  = help: "))
            }
            FaultKind::Waits(open, network) => {
                let text = self.subject().push("waits for ").push(open.size()).push(", but ");
                let text = match network.as_str().is_empty() {
                    true => text.push("the network"),
                    false => text.push("`").push(network.as_str()).push("`"),
                };
                text.push(" is `#[eager]`\n  = help: ").push(open.fix())
            }
            FaultKind::NeverTold(open, written) => self
                .subject()
                .push("leaves ")
                .push(open.size())
                .push(" open, and no input can tell it\n  = help: write the number instead of `")
                .push(written)
                .push("`, or `#[loaded]` above the network if a file is to tell it"),
            FaultKind::Overflow { .. } if !self.layer.as_str().is_empty() => self
                .subject()
                .push("has sizes that are too large to count with"),
            FaultKind::Overflow { operation } => Text::EMPTY
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
                .push(" a sample\n  = help: bring them to the same number of axes: `.unsqueeze(…)`, `.squeeze(1)`, `.flatten()`"),
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
                if wanted.as_str().is_empty() {
                    return text;
                }
                let text = text.push("\n  = help: ").push(if help.is_empty() { "give classes of shape " } else { "or give classes of shape " });
                let text = text.push(wanted.as_str());
                if *probabilities { text.push(", or probabilities of shape ").push(output.as_str()) } else { text }
            }
            FaultKind::Other { message } => self.subject().push(message),
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

    /// Whose sizes a signature declares: `` argument `x` is declared``.
    const fn declared(&self, whose: &str, name: &str) -> Text {
        let text = self.place().push(whose);
        let text = if name.is_empty() {
            text
        } else {
            text.push(" `").push(name).push("`")
        };
        text.push(" is declared")
    }

    /// Whether this is about an argument, of this name, of a network within the one that is checked.
    const fn is_of_a_part(&self, argument: &str) -> bool {
        !self.layer.as_str().is_empty() && !argument.is_empty()
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
            Self::Written
            | Self::WrittenWithin { .. }
            | Self::WrittenAndCalled
            | Self::WrittenForMembers => "is declared with ",
            Self::Given { .. } => "was built with ",
            Self::Bound => "was bound to ",
            Self::Fixed => "always has ",
            Self::Called => "was called with ",
            Self::Tied(_) => "has ",
            Self::Inferred => "needs ",
        }
    }
}

/// The path of a parameter: of a layer that is one itself, the layer's.
const fn parameter(text: Text, layer: &Path, name: &str) -> Text {
    let text = text.push("`").push(layer.as_str());
    let text = if name.is_empty() {
        text
    } else {
        text.push(".").push(name)
    };
    text.push("`")
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
