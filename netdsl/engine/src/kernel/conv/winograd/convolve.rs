//! Images convolved: y from x, and dx from dy.

use super::{Block, Filter, PLACES, Room, TAPS};
use crate::Element;
use crate::kernel::conv::sweep::{Output, Weights};
use crate::kernel::gemm::transform::{Squares, Transform, TransformFn};
use crate::kernel::gemm::{rows_apart, scratch};
use crate::pool;
use std::ptr;

/// The most parts that blocks are cut into.
const PARTS: usize = 16;
/// Channels of a result that are written at a time.
const WRITTEN: usize = 8;

impl<E: Element> Filter<E> {
    /// Calls `body` with the transformed kernels.
    pub(super) fn with_kernels(&self, w: &[E], body: impl FnOnce(&[E])) {
        let (outs, columns) = (self.outs, self.ins * TAPS);
        let lay = |to: *mut E| {
            // SAFETY: there are so many weights, and room for them.
            unsafe { (self.kernels.transpose)(outs, w.as_ptr(), columns, columns, to, outs) };
        };
        self.transform_kernels(lay, self.kernels.transforms.kernel, body);
    }

    /// The same for kernels whose results are the channels that come in here, and that are upside down.
    pub(super) fn with_turned_kernels(&self, w: &[E], body: impl FnOnce(&[E])) {
        let outs = self.outs;
        let lay = |to: *mut E| {
            for kernels in (0..self.ins).map(|channel| channel * TAPS * outs) {
                let (from, to) = (w[kernels..].as_ptr(), to.wrapping_add(kernels));
                // SAFETY: there are so many weights of a channel, and room for them.
                unsafe { (self.kernels.transpose)(outs, from, TAPS, TAPS, to, outs) };
            }
        };
        self.transform_kernels(lay, self.kernels.transforms.turned_kernel, body);
    }

    /// Calls `body` with the kernels by place and input channel, after `lay` has written them by input channel and
    /// tap; output channels are side by side in both.
    fn transform_kernels(
        &self,
        lay: impl FnOnce(*mut E),
        transform: TransformFn<E>,
        body: impl FnOnce(&[E]),
    ) {
        let (ins, outs) = (self.ins, self.outs);
        let place = ins * outs;
        // The last vectors of a row are read whole.
        let length = PLACES * place + 4 * self.kernels.lanes;
        scratch::elements(length + TAPS * place, |space: &mut [E]| {
            let (kernels, taps) = space.split_at_mut(length);
            lay(taps.as_mut_ptr());
            let from = Squares::of_taps(taps.as_ptr(), outs);
            let to = Squares::by_place(kernels.as_mut_ptr(), place, outs);
            // SAFETY: `lay` has written 9 taps for each pair of channels, and there is room for 16 places.
            unsafe { transform(&Transform::plain(from, to, ins, outs)) };
            body(kernels);
        });
    }

    pub(super) fn convolve(
        &self,
        kernels: &[E],
        x: &[E],
        bias: Option<&[E]>,
        relu: bool,
        y: &mut [E],
    ) {
        let blocks = self.batch * self.blocks();
        let each = blocks.div_ceil(PARTS);
        let output = Output(y.as_mut_ptr());
        scratch::offsets(self.ins, |offsets| {
            rows_apart(self.outs, offsets);
            let offsets = &*offsets;
            pool::parallel_for(blocks.div_ceil(each), |task| {
                self.with_room(|mut room| {
                    for block in self.each_block(task * each..blocks.min((task + 1) * each)) {
                        self.transform_image(x, &block, &mut room);
                        self.multiply(kernels, offsets, &block, &mut room);
                        self.transform_products(bias, relu, &block, &mut room);
                        // SAFETY: the rows of y that these are tiles of are this block's alone.
                        unsafe { self.write(&block, &room, &output) };
                    }
                });
            });
        });
    }

    /// A product of matrices for each place.
    fn multiply(&self, kernels: &[E], offsets: &[usize], block: &Block, room: &mut Room<'_, E>) {
        let (ins, outs) = (self.ins, self.outs);
        let [tiles_place, products_place] = self.places(block);
        for place in 0..PLACES {
            let from = room.tiles[place * tiles_place..].as_ptr();
            let tiles = Weights::plain(self.count(block), from, [ins, 1], offsets);
            let from = kernels[place * ins * outs..].as_ptr();
            let to = room.products[place * products_place..].as_mut_ptr();
            // SAFETY: each place has that many tiles and kernels, and more kernels or slack follow.
            unsafe { tiles.line(self.kernels, from, to, outs, outs) };
        }
    }

    /// Results from products.
    fn transform_products(
        &self,
        bias: Option<&[E]>,
        relu: bool,
        block: &Block,
        room: &mut Room<'_, E>,
    ) {
        let (outs, columns) = (self.outs, self.tiles()[1]);
        let (row, place) = (self.row_lengths()[1], self.places(block)[1]);
        for at in 0..block.rows.len() {
            let products = room.products[at * columns * outs..].as_ptr();
            let result = room.result[2 * at * row..].as_mut_ptr();
            let from = Squares::by_place(products, place, outs);
            let to = Squares::of_lines(result, row, outs);
            let transform = Transform {
                bias: bias.map_or(ptr::null(), |bias| bias.as_ptr()),
                relu,
                ..Transform::plain(from, to, columns, outs)
            };
            // SAFETY: there are products for 16 places of each tile, room for its 2 rows, and a bias for each
            // channel, if any.
            unsafe { (self.kernels.transforms.result)(&transform) };
        }
    }

    /// Writes results where they belong.
    ///
    /// # Safety
    ///
    /// Nobody else may use the rows of the output that belong to the block.
    unsafe fn write(&self, block: &Block, room: &Room<'_, E>, output: &Output<E>) {
        let ([height, width], outs) = (self.target, self.outs);
        let (row, first) = (self.row_lengths()[1], 2 * block.rows.start);
        let rows = (2 * block.rows.len()).min(height - first);
        // Rows without a tile that is half empty follow each other.
        let (runs, length) = if row == width * outs {
            (1, rows * width)
        } else {
            (rows, width)
        };
        for run in 0..runs {
            let from = room.result[run * row..][..length * outs].as_ptr();
            let to = (block.image * outs * height + first + run) * width;
            // A few channels at a time: the lines of many, a plane apart, may share their place in the cache.
            for channel in (0..outs).step_by(WRITTEN) {
                let channels = WRITTEN.min(outs - channel);
                let to = output.at(to + channel * height * width);
                // SAFETY: the rows are inside each channel of the image, and the caller's.
                unsafe {
                    let from = from.add(channel);
                    (self.kernels.transpose)(length, from, outs, channels, to, height * width);
                }
            }
        }
    }
}
