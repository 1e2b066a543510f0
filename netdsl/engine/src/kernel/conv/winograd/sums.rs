//! The gradient of the weights: products of tiles of x and of dy, summed by place and transformed back.

use super::{Block, Filter, PLACES, Plane, Room, TAPS};
use crate::Element;
use crate::kernel::conv::sweep::Weights;
use crate::kernel::gemm::transform::{Squares, Transform};
use crate::kernel::gemm::{rows_apart, scratch};
use crate::pool;
use std::ops::Range;

/// The most partial sums.
const SUMS: usize = 8;

impl<E: Element> Filter<E> {
    pub(super) fn sum_weights(&self, x: &[E], dy: &[E], dw: &mut [E]) {
        let (outs, columns) = (self.outs, self.ins * TAPS);
        let blocks = self.batch * self.blocks();
        let each = blocks.div_ceil(SUMS);
        let (parts, size) = (blocks.div_ceil(each), columns * outs);
        scratch::offsets(self.rows() * self.tiles()[1], |offsets| {
            rows_apart(outs, offsets);
            let offsets = &*offsets;
            scratch::elements(parts * size, |sums: &mut [E]| {
                pool::parallel_chunks(sums, size, |part, sums| {
                    let numbers = part * each..blocks.min((part + 1) * each);
                    self.sum_part(x, dy, offsets, numbers, sums);
                });
                let (total, rest) = sums.split_at_mut(size);
                for part in rest.chunks_exact(size) {
                    let sums = total.iter_mut().zip(part);
                    sums.for_each(|(sum, &part)| *sum += part);
                }
                let (from, to) = (total.as_ptr(), dw.as_mut_ptr());
                // SAFETY: there are so many sums, and as many weights.
                unsafe { (self.kernels.transpose)(columns, from, outs, outs, to, columns) };
            });
        });
    }

    /// The sums over some blocks, by channel of x and tap, channels of y side by side.
    fn sum_part(
        &self,
        x: &[E],
        dy: &[E],
        offsets: &[usize],
        numbers: Range<usize>,
        sums: &mut [E],
    ) {
        let (ins, outs) = (self.ins, self.outs);
        let place = ins * outs;
        self.with_room(|mut room| {
            scratch::elements(PLACES * place, |places: &mut [E]| {
                let mut load = false;
                for block in self.each_block(numbers) {
                    self.transform_image(x, &block, &mut room);
                    self.transform_gradient(dy, &block, &mut room);
                    self.add_products(offsets, load, &block, &room, places);
                    load = true;
                }
                let from = Squares::by_place(places.as_ptr(), place, outs);
                let to = Squares::of_taps(sums.as_mut_ptr(), outs);
                let transform = Transform::plain(from, to, ins, outs);
                // SAFETY: there are 16 places for each pair of channels, and room for 9 taps.
                unsafe { (self.kernels.transforms.kernel_adjoint)(&transform) };
            });
        });
    }

    /// dy in the form of the products that make y.
    fn transform_gradient(&self, dy: &[E], block: &Block, room: &mut Room<'_, E>) {
        let (outs, columns) = (self.outs, self.tiles()[1]);
        let (row, place) = (self.row_lengths()[1], self.places(block)[1]);
        let lines = 2 * block.rows.start..2 * block.rows.end;
        let to = &mut room.result[..lines.len() * row];
        Plane::of(dy, block.image, outs, self.target, [0; 2]).lay(self.kernels, lines, to);
        for at in 0..block.rows.len() {
            let result = room.result[2 * at * row..].as_ptr();
            let products = room.products[at * columns * outs..].as_mut_ptr();
            let from = Squares::of_lines(result, row, outs);
            let to = Squares::by_place(products, place, outs);
            let transform = Transform::plain(from, to, columns, outs);
            // SAFETY: a tile has 2 of the rows that were laid out, and room in each of the 16 places.
            unsafe { (self.kernels.transforms.result_adjoint)(&transform) };
        }
    }

    /// A product of matrices for each place, added to `places` if there is something to `load`.
    fn add_products(
        &self,
        offsets: &[usize],
        load: bool,
        block: &Block,
        room: &Room<'_, E>,
        places: &mut [E],
    ) {
        let (ins, outs) = (self.ins, self.outs);
        let [tiles_place, products_place] = self.places(block);
        for (place, sums) in places.chunks_exact_mut(ins * outs).enumerate() {
            let columns = room.tiles[place * tiles_place..].as_ptr();
            let tiles = Weights {
                load,
                ..Weights::plain(ins, columns, [1, ins], &offsets[..self.count(block)])
            };
            let from = room.products[place * products_place..].as_ptr();
            // SAFETY: each place has that many tiles of both, and more or slack follow.
            unsafe { tiles.line(self.kernels, from, sums.as_mut_ptr(), outs, outs) };
        }
    }
}
