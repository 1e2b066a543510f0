//! Convolutions with kernels of 3 × 3 in four ninths of the products: Winograd's minimal filtering, which makes
//! tiles of 2 × 2 results from 4 × 4 products.
//!
//! Channels lie side by side here, so that the transforms of tiles run along vectors of channels and the products of
//! tiles are products of matrices, one for each of the 16 places. Some rows of tiles are worked on together, to stay in
//! the cache; work is cut by sizes alone.

mod convolve;
mod sums;
#[cfg(test)]
mod tests;

use super::ConvSizes;
use crate::Element;
use crate::kernel::gemm::scratch;
use crate::kernel::gemm::simd::{Kernels, kernels};
use crate::kernel::gemm::transform::{Squares, Transform};
use std::ops::Range;

/// Places of a tile.
const PLACES: usize = 16;
/// Taps of a kernel.
const TAPS: usize = 9;
/// The fewest channels on either side: with fewer, transforms take what products save.
const CHANNELS: usize = 32;
/// The fewest tiles: with fewer, the transform of the kernels takes what products save.
const TILES: usize = 32;
/// Bytes of tiles and products that are worked on together: little of the second cache.
const BLOCK: usize = 128 << 10;
/// Tiles that are worked on together at least, for kernels to be read seldom.
const TOGETHER: usize = 48;
/// Bytes of transformed kernels that the second cache holds from block to block.
const KERNELS: usize = 1 << 20;
/// Elements between places, for them not to share their place in the cache.
const APART: usize = 16;

/// y = x ∗ w, if that is worth the transforms; whether it is done.
pub(super) fn forward<E: Element>(
    s: &ConvSizes,
    x: &[E],
    w: &[E],
    bias: Option<&[E]>,
    relu: bool,
    y: &mut [E],
) -> bool {
    let filter = Filter::new(s).filter(Filter::pays);
    if let Some(filter) = &filter {
        filter.with_kernels(w, |kernels| filter.convolve(kernels, x, bias, relu, y));
    }
    filter.is_some()
}

/// dx from dy, likewise: a convolution of dy with the kernels upside down.
pub(super) fn input_gradient<E: Element>(s: &ConvSizes, dy: &[E], w: &[E], dx: &mut [E]) -> bool {
    let filter = Filter::new(s).and_then(Filter::turned).filter(Filter::pays);
    if let Some(filter) = &filter {
        filter.with_turned_kernels(w, |kernels| filter.convolve(kernels, dy, None, false, dx));
    }
    filter.is_some()
}

/// dw from x and dy, likewise.
pub(super) fn weight_gradient<E: Element>(s: &ConvSizes, x: &[E], dy: &[E], dw: &mut [E]) -> bool {
    let filter = Filter::new(s).filter(Filter::pays);
    if let Some(filter) = &filter {
        filter.sum_weights(x, dy, dw);
    }
    filter.is_some()
}

/// What is convolved with kernels of 3 × 3 that move by 1, and to what.
struct Filter<E: 'static> {
    kernels: &'static Kernels<E>,
    batch: usize,
    ins: usize,
    outs: usize,
    /// The extent of an image.
    source: [usize; 2],
    /// Zeros before it.
    low: [usize; 2],
    /// The extent of a result.
    target: [usize; 2],
}

/// Some rows of tiles of an image.
struct Block {
    image: usize,
    rows: Range<usize>,
    /// Whether the rows before it were laid out just before.
    follows: bool,
}

/// The room that a task works in.
struct Room<'a, E> {
    /// Rows of an image, with the zeros around.
    image: &'a mut [E],
    /// By place and tile, the transformed image.
    tiles: &'a mut [E],
    /// By place and tile, products.
    products: &'a mut [E],
    /// Rows of the result.
    result: &'a mut [E],
}

impl<E: Element> Filter<E> {
    /// That of a convolution, if its kernels are 3 × 3 and all else is as usual.
    fn new(s: &ConvSizes) -> Option<Self> {
        let plane = |extent: [usize; 3]| [extent[1], extent[2]];
        let flat = [s.kernel[0], s.input[0], s.output[0]] == [1; 3] && s.padding[0] == 0;
        let fits = flat
            && plane(s.kernel) == [3; 2]
            && s.groups == 1
            && [s.stride, s.dilation] == [[1; 3]; 2];
        fits.then(|| Self {
            kernels: kernels(),
            batch: s.batch,
            ins: s.in_channels,
            outs: s.out_channels,
            source: plane(s.input),
            low: plane(s.padding),
            target: plane(s.output),
        })
    }

    /// From the result to the image.
    fn turned(self) -> Option<Self> {
        let [above, left] = self.low;
        Some(Self {
            ins: self.outs,
            outs: self.ins,
            source: self.target,
            low: [2usize.checked_sub(above)?, 2usize.checked_sub(left)?],
            target: self.source,
            ..self
        })
    }

    fn pays(&self) -> bool {
        let [rows, columns] = self.tiles();
        let (tiles, results) = (rows * columns, self.target[0] * self.target[1]);
        // Tiles at the border may be half empty.
        let saves = results * TAPS * 5 >= tiles * PLACES * 8;
        let kernels = PLACES * self.ins * self.outs * size_of::<E>();
        saves
            && self.ins.min(self.outs) >= CHANNELS
            && self.batch * tiles >= TILES
            && (kernels <= KERNELS || tiles >= TOGETHER)
    }

    /// Tiles along the axes.
    fn tiles(&self) -> [usize; 2] {
        self.target.map(|extent| extent.div_ceil(2))
    }

    /// Rows of tiles in a block.
    fn rows(&self) -> usize {
        let [rows, columns] = self.tiles();
        let row = PLACES * columns * (self.ins + self.outs) * size_of::<E>();
        (BLOCK / row).max(TOGETHER.div_ceil(columns)).min(rows)
    }

    /// The blocks of an image.
    fn blocks(&self) -> usize {
        self.tiles()[0].div_ceil(self.rows())
    }

    /// Some blocks of all images, in order.
    fn each_block(&self, numbers: Range<usize>) -> impl Iterator<Item = Block> {
        let (blocks, rows, all_rows) = (self.blocks(), self.rows(), self.tiles()[0]);
        let start = numbers.start;
        numbers.map(move |number| {
            let first = number % blocks * rows;
            Block {
                image: number / blocks,
                rows: first..(first + rows).min(all_rows),
                follows: number > start && first > 0,
            }
        })
    }

    /// The tiles of a block.
    fn count(&self, block: &Block) -> usize {
        block.rows.len() * self.tiles()[1]
    }

    /// From a place to the next, in the tiles of a block and in their products.
    fn places(&self, block: &Block) -> [usize; 2] {
        [self.ins, self.outs].map(|channels| self.count(block) * channels + APART)
    }

    /// Elements in a row of an image with the zeros around, and in one of a result.
    fn row_lengths(&self) -> [usize; 2] {
        let columns = 2 * self.tiles()[1];
        [(columns + 2) * self.ins, columns * self.outs]
    }

    /// Calls `body` with room for a block: zeros for the image and the result.
    fn with_room(&self, body: impl FnOnce(Room<'_, E>)) {
        let rows = self.rows();
        let tiles = rows * self.tiles()[1];
        let [image_row, result_row] = self.row_lengths();
        let lengths = [
            (2 * rows + 2) * image_row,
            PLACES * (tiles * self.ins + APART),
            // The last vectors of a row of products are read whole.
            PLACES * (tiles * self.outs + APART) + 4 * self.kernels.lanes,
            2 * rows * result_row,
        ]
        .map(|length| length.next_multiple_of(16));
        scratch::elements(lengths.iter().sum(), |space: &mut [E]| {
            let (image, space) = space.split_at_mut(lengths[0]);
            let (tiles, space) = space.split_at_mut(lengths[1]);
            let (products, result) = space.split_at_mut(lengths[2]);
            image.fill(E::ZERO);
            result.fill(E::ZERO);
            body(Room {
                image,
                tiles,
                products,
                result,
            });
        });
    }

    /// Transforms the tiles of a block of x.
    fn transform_image(&self, x: &[E], block: &Block, room: &mut Room<'_, E>) {
        let (ins, columns) = (self.ins, self.tiles()[1]);
        let (row, place) = (self.row_lengths()[0], self.places(block)[0]);
        let lines = 2 * block.rows.start..2 * block.rows.end + 2;
        // The last two lines of a block are the first of the next.
        let known = if block.follows { 2 } else { 0 };
        let last = 2 * self.rows() * row;
        room.image.copy_within(last..last + known * row, 0);
        let to = &mut room.image[known * row..lines.len() * row];
        let image = Plane::of(x, block.image, ins, self.source, self.low);
        image.lay(self.kernels, lines.start + known..lines.end, to);
        for at in 0..block.rows.len() {
            let from = Squares::of_lines(room.image[2 * at * row..].as_ptr(), row, ins);
            let tiles = room.tiles[at * columns * ins..].as_mut_ptr();
            let to = Squares::by_place(tiles, place, ins);
            let transform = Transform::plain(from, to, columns, ins);
            // SAFETY: a tile has 4 of the rows that were laid out, and room in each of the 16 places.
            unsafe { (self.kernels.transforms.image)(&transform) };
        }
    }
}

impl<P> Squares<P> {
    /// Those that begin every second position of lines of `row` elements.
    fn of_lines(start: P, row: usize, channels: usize) -> Self {
        Self {
            start,
            place: [row, channels],
            step: 2 * channels,
        }
    }

    /// Those whose 16 places are `place` apart.
    fn by_place(start: P, place: usize, channels: usize) -> Self {
        Self {
            start,
            place: [4 * place, place],
            step: channels,
        }
    }

    /// The taps of kernels, one after the other.
    fn of_taps(start: P, channels: usize) -> Self {
        Self {
            start,
            place: [3 * channels, channels],
            step: TAPS * channels,
        }
    }
}

/// An image and the zeros before it.
struct Plane<'a, E> {
    elements: &'a [E],
    channels: usize,
    extent: [usize; 2],
    low: [usize; 2],
}

impl<'a, E: Element> Plane<'a, E> {
    /// One of some images.
    fn of(
        images: &'a [E],
        number: usize,
        channels: usize,
        extent: [usize; 2],
        low: [usize; 2],
    ) -> Self {
        let size = channels * extent[0] * extent[1];
        Self {
            elements: &images[number * size..][..size],
            channels,
            extent,
            low,
        }
    }

    /// Copies some lines, counted from the first of zeros, with the channels of a position side by side. What is
    /// beside the image is left as it is: all zeros.
    fn lay(&self, kernels: &Kernels<E>, lines: Range<usize>, to: &mut [E]) {
        let ([height, width], [above, left]) = (self.extent, self.low);
        let row = to.len() / lines.len();
        let columns = width.min((row / self.channels).saturating_sub(left));
        for (line, to) in lines.zip(to.chunks_exact_mut(row)) {
            let inside = line.checked_sub(above).filter(|&line| line < height);
            let Some(line) = inside.filter(|_| columns > 0) else {
                to.fill(E::ZERO);
                continue;
            };
            let from = self.elements[line * width..].as_ptr();
            let to = &mut to[left * self.channels..][..columns * self.channels];
            // SAFETY: each channel has `columns` elements from there on, a plane after those of the channel before.
            unsafe {
                (kernels.transpose)(
                    self.channels,
                    from,
                    height * width,
                    columns,
                    to.as_mut_ptr(),
                    self.channels,
                );
            }
        }
    }
}
