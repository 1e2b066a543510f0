//! The transforms of Winograd's minimal filtering, F(2 × 2, 3 × 3), with channels as vectors: Lavin and Gray, *Fast
//! Algorithms for Convolutional Neural Networks*, 2016, section 4.1, whose matrices are named here.

use super::simd::Vector;
use crate::Element;

/// Squares of vectors, each made of another square by a linear map of its columns and then of its rows.
pub struct Transform<E> {
    pub from: Squares<*const E>,
    pub to: Squares<*mut E>,
    /// Squares.
    pub count: usize,
    /// Channels of each place, side by side.
    pub channels: usize,
    /// A number for each channel, added to every place. Null for none.
    pub bias: *const E,
    pub relu: bool,
}

/// Where squares are.
pub struct Squares<P> {
    /// The first channel of the first place.
    pub start: P,
    /// From a row to the next, and from a column to the next.
    pub place: [usize; 2],
    /// From a square to the next.
    pub step: usize,
}

impl<E> Transform<E> {
    /// One that adds nothing.
    pub fn plain(
        from: Squares<*const E>,
        to: Squares<*mut E>,
        count: usize,
        channels: usize,
    ) -> Self {
        Self {
            from,
            to,
            count,
            channels,
            bias: std::ptr::null(),
            relu: false,
        }
    }
}

pub type TransformFn<E> = unsafe fn(&Transform<E>);

/// The transforms of one instruction set.
pub struct Transforms<E> {
    /// 4 × 4 of an image, with B.
    pub image: TransformFn<E>,
    /// 3 × 3 of a kernel, with G.
    pub kernel: TransformFn<E>,
    /// 3 × 3 of a kernel upside down.
    pub turned_kernel: TransformFn<E>,
    /// 4 × 4 of products to 2 × 2 of a result, with A.
    pub result: TransformFn<E>,
    /// The adjoint of `result`.
    pub result_adjoint: TransformFn<E>,
    /// The adjoint of `kernel`.
    pub kernel_adjoint: TransformFn<E>,
}

/// A linear map of a few vectors.
pub(crate) trait Map<const FROM: usize, const TO: usize> {
    /// # Safety
    ///
    /// The machine must have the instructions of `V`.
    unsafe fn apply<E: Element, V: Vector<E>>(x: [V; FROM]) -> [V; TO];
}

macro_rules! maps {
    ($($(#[$meta:meta])* $name:ident: [$($x:ident),*] -> [$($y:expr),*], $from:literal to $to:literal;)*) => {$(
        $(#[$meta])*
        pub(crate) struct $name;
        impl Map<$from, $to> for $name {
            #[inline(always)]
            unsafe fn apply<E: Element, V: Vector<E>>([$($x),*]: [V; $from]) -> [V; $to] {
                // SAFETY: as the caller's.
                unsafe { [$($y),*] }
            }
        }
    )*};
}

maps! {
    /// Bᵀ.
    Image: [a, b, c, d] -> [a.sub(c), b.add(c), c.sub(b), b.sub(d)], 4 to 4;
    /// G.
    Kernel: [a, b, c] -> [a, halved(a.add(c).add(b)), halved(a.add(c).sub(b)), c], 3 to 4;
    /// G, of a kernel whose first is its last.
    TurnedKernel: [a, b, c] -> [c, halved(a.add(c).add(b)), halved(a.add(c).sub(b)), a], 3 to 4;
    /// Aᵀ.
    Outcome: [a, b, c, d] -> [a.add(b).add(c), b.sub(c).sub(d)], 4 to 2;
    /// A.
    OutcomeAdjoint: [a, b] -> [a, a.add(b), a.sub(b), V::zero().sub(b)], 2 to 4;
    /// Gᵀ.
    KernelAdjoint: [a, b, c, d] -> [a.add(halved(b.add(c))), halved(b.sub(c)), halved(b.add(c)).add(d)], 4 to 3;
}

#[inline(always)]
unsafe fn halved<E: Element, V: Vector<E>>(x: V) -> V {
    // SAFETY: as the caller's.
    unsafe { V::zero().fma(x, V::splat(E::from_f64(0.5))) }
}

/// # Safety
///
/// All pointers must be good for what the description reads or writes, and the machine must have the instructions
/// of `V`.
#[inline(always)]
pub(crate) unsafe fn transform<E, V, M, const FROM: usize, const TO: usize>(t: &Transform<E>)
where
    E: Element,
    V: Vector<E>,
    M: Map<FROM, TO>,
{
    let whole = t.channels / V::LANES * V::LANES;
    for square in 0..t.count {
        for channel in (0..whole).step_by(V::LANES) {
            // SAFETY: as the caller's.
            unsafe { square_of::<E, V, M, FROM, TO, false>(t, square, channel, V::LANES) };
        }
        if whole < t.channels {
            // SAFETY: as the caller's.
            unsafe { square_of::<E, V, M, FROM, TO, true>(t, square, whole, t.channels - whole) };
        }
    }
}

/// The channels of a square from one on, `count` of them: a whole vector, unless it is a `PART`.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over registers, all unrolled"
)]
unsafe fn square_of<E, V, M, const FROM: usize, const TO: usize, const PART: bool>(
    t: &Transform<E>,
    square: usize,
    channel: usize,
    count: usize,
) where
    E: Element,
    V: Vector<E>,
    M: Map<FROM, TO>,
{
    let first_from = t.from.start.wrapping_add(square * t.from.step + channel);
    let first_to = t.to.start.wrapping_add(square * t.to.step + channel);
    // SAFETY: as the caller's; no more than `count` channels are read or written.
    unsafe {
        let mut columns = [[V::zero(); TO]; FROM];
        for j in 0..FROM {
            let mut column = [V::zero(); FROM];
            for i in 0..FROM {
                let from = first_from.wrapping_add(i * t.from.place[0] + j * t.from.place[1]);
                column[i] = load::<E, V, PART>(from, count);
            }
            columns[j] = M::apply(column);
        }
        let bias = if t.bias.is_null() {
            V::zero()
        } else {
            load::<E, V, PART>(t.bias.wrapping_add(channel), count)
        };
        for i in 0..TO {
            let mut row = [V::zero(); FROM];
            for j in 0..FROM {
                row[j] = columns[j][i];
            }
            let row = M::apply(row);
            for j in 0..TO {
                let mut y = row[j].add(bias);
                if t.relu {
                    y = y.relu();
                }
                let to = first_to.wrapping_add(i * t.to.place[0] + j * t.to.place[1]);
                if PART {
                    y.store_part(to, count);
                } else {
                    y.store(to);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn load<E: Element, V: Vector<E>, const PART: bool>(from: *const E, count: usize) -> V {
    // SAFETY: as the caller's.
    unsafe {
        if PART {
            V::load_part(from, count)
        } else {
            V::load(from)
        }
    }
}
