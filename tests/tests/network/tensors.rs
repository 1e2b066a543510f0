//! What methods of tensors give, against the same computed by hand.

use crate::training::check;
use ndarray::{Array1, ArrayD, ArrayViewD, Axis, Slice, array};
use netdsl::prelude::*;

/// Numbers without a pattern, from −1 to 1.
fn some(shape: &[usize]) -> ArrayD<f64> {
    crate::nets::numbers(shape).mapv(f64::from)
}

fn close(found: &ArrayD<f64>, wanted: &ArrayD<f64>) {
    assert_eq!(found.shape(), wanted.shape());
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-13, "{found}, not {wanted}");
    }
}

network! {
    struct Waves {
        fc: Linear<1, 1>(bias = false),
    }

    fn forward(x: [1]) -> ([1], [1]) {
        let x = fc(x);
        (x.sin(), x.cos())
    }
}

/// Angles of any size, also those that no 32 bits of pi reduce.
#[test]
fn sines_and_cosines_of_all_angles() -> Result<(), Error> {
    let angles =
        Array1::from_iter((-60i32..=60).map(|i| 1.37f32.powi(i.abs()) * i.signum() as f32));
    let mut single = network!(Waves)?;
    let mut double = network!(Waves, dtype = f64)?;
    single.set_parameter("fc.weight", array![[1.0]].into_dyn())?;
    double.set_parameter("fc.weight", array![[1.0]].into_dyn())?;
    let column = angles.into_shape_with_order((121, 1)).unwrap();
    let wide = column.mapv(f64::from);
    let (sines, cosines) = double.forward(&wide)?;
    assert_eq!(
        (sines, cosines),
        (
            wide.mapv(f64::sin).into_dyn(),
            wide.mapv(f64::cos).into_dyn()
        )
    );
    let (sines, cosines) = single.forward(&column)?;
    for ((&x, sine), cosine) in wide.iter().zip(sines).zip(cosines) {
        assert!((f64::from(sine) - x.sin()).abs() < 1e-7, "sin {x}");
        assert!((f64::from(cosine) - x.cos()).abs() < 1e-7, "cos {x}");
    }
    Ok(())
}

network! {
    struct Reductions {
        conv: Conv2d<2, 3, 1>,
    }

    fn forward(image: [2, _, _]) -> ([3], [3], [_, _], [_], [3, _], [3], [_], []) {
        let x = conv(image);
        let last = -1;
        (
            x.mean([2, 3]), x.sum([-1, -2]), x.amax([1]), x.amin([1, 3]),
            x.var(last), x.std([2, 3]), x.norm([3, 1]), x.norm([1, 2, 3]),
        )
    }
}

/// Each reduction of a sample, of which the axes are `along`.
fn reduced(
    x: &ArrayD<f64>,
    along: &[usize],
    how: impl Fn(ArrayViewD<'_, f64>) -> f64,
) -> ArrayD<f64> {
    let kept: Vec<usize> = (0..x.ndim()).filter(|axis| !along.contains(axis)).collect();
    let shape: Vec<usize> = kept.iter().map(|&axis| x.shape()[axis]).collect();
    ArrayD::from_shape_fn(shape, |at| {
        let mut part = x.view();
        for (i, &axis) in kept.iter().enumerate() {
            part.slice_axis_inplace(Axis(axis), Slice::from(at[i]..at[i] + 1));
        }
        how(part)
    })
}

fn variance(x: ArrayViewD<'_, f64>) -> f64 {
    let mean = x.mean().unwrap();
    x.mapv(|x| (x - mean) * (x - mean)).sum() / (x.len() - 1) as f64
}

#[test]
fn reductions_over_several_axes() -> Result<(), Error> {
    let mut net = network!(Reductions, dtype = f64)?;
    let weight = array![[[[1.0]], [[0.5]]], [[[-1.0]], [[2.0]]], [[[0.0]], [[1.0]]]];
    net.set_parameter("conv.weight", weight.into_dyn())?;
    net.set_parameter("conv.bias", array![0.1, 0.2, 0.3].into_dyn())?;
    for shape in [[2, 2, 4, 5], [3, 2, 2, 3]] {
        let image = some(&shape);
        let mut x = ArrayD::zeros(&[shape[0], 3, shape[2], shape[3]][..]);
        for (i, (a, b, c)) in [(1.0, 0.5, 0.1), (-1.0, 2.0, 0.2), (0.0, 1.0, 0.3)]
            .into_iter()
            .enumerate()
        {
            let mixed = &image.index_axis(Axis(1), 0) * a + &image.index_axis(Axis(1), 1) * b + c;
            x.index_axis_mut(Axis(1), i).assign(&mixed);
        }
        let (mean, sum, amax, amin, var, std, norm, whole) = net.forward(&image)?;
        close(&mean, &reduced(&x, &[2, 3], |x| x.mean().unwrap()));
        close(&sum, &reduced(&x, &[2, 3], |x| x.sum()));
        close(
            &amax,
            &reduced(&x, &[1], |x| x.fold(f64::MIN, |a, &b| a.max(b))),
        );
        close(
            &amin,
            &reduced(&x, &[1, 3], |x| x.fold(f64::MAX, |a, &b| a.min(b))),
        );
        close(&var, &reduced(&x, &[3], variance));
        close(&std, &reduced(&x, &[2, 3], |x| variance(x).sqrt()));
        close(
            &norm,
            &reduced(&x, &[1, 3], |x| x.mapv(|x| x * x).sum().sqrt()),
        );
        close(
            &whole,
            &reduced(&x, &[1, 2, 3], |x| x.mapv(|x| x * x).sum().sqrt()),
        );
    }
    Ok(())
}

network! {
    struct Flips {}

    fn forward(x: [_, 3, _]) -> ([_, 3, _], [_, 3, _], [_, 3, _]) {
        (x.flip(2), x.flip([1, -1]), x.flip([1, 2, 3]))
    }

    struct Flipped {
        fc: Linear<_, 12>,
        bias: Parameter<[2, 3]>(std = 1.0),
        head: Linear<_, 2>,
    }

    fn forward(x: [n]) -> [2] {
        let x = fc(x).reshape([2, 3, 2]).flip([-1, 2]) + bias().flip([0, 1]).unsqueeze(2);
        head(x.tanh().flip(1).flatten())
    }
}

#[test]
fn axes_run_backwards() -> Result<(), Error> {
    let net = network!(Flips, dtype = f64)?;
    for shape in [[2, 4, 3, 5], [1, 1, 3, 1], [3, 2, 3, 7]] {
        let x = some(&shape);
        let (one, two, three) = net.forward(&x)?;
        for (found, axes) in [(one, &[2][..]), (two, &[1, 3]), (three, &[1, 2, 3])] {
            let mut wanted = x.clone();
            for &axis in axes {
                wanted.invert_axis(Axis(axis));
            }
            assert_eq!(found, wanted);
        }
    }
    check(network!(Flipped, seed = 3, dtype = f64)?, &[3, 4], &[3, 2]);
    Ok(())
}

network! {
    struct Smooth {
        conv: Conv2d<2, 3, 1>,
        fc: Linear<_, 2>,
        scale: Parameter<[1]>(value = 0.7),
        shift: Parameter<[_, 1]>(std = 1.0),
    }

    fn forward(image: [2, 3, 4]) -> [2] {
        let x = conv(image).sin() * scale() + shift().cos();
        let y = x.pad_reflect([2, 1, 1, 0]).pad_replicate([0, 1]) + x.pad_circular([3, 1, 0, 1]);
        let y = y.pad_constant([-1, 1], 0.5).pad([0, -2, 1, 0]);
        let y = y / x.norm([2, 3]).reshape([3, 1, 1]) + y.std([1, 2]).reshape([1, 1, 6]) - y.var([3]).unsqueeze(-1);
        fc(y.mean([1, 2]).flatten() + x.sum([1, 2, 3]).reshape([1]).expand([6]))
    }
}

#[test]
fn all_of_it_has_gradients() {
    check(
        network!(Smooth, seed = 5, dtype = f64).unwrap(),
        &[2, 2, 3, 4],
        &[2, 2],
    );
}

network! {
    struct Spread {
        scale: Parameter<[]>(value = 1.0),
    }

    fn forward(x: [_, 3]) -> ([_], [_]) {
        let x = x * scale();
        (x.std(2), x.norm(2))
    }
}

/// As PyTorch has it, roots have slope 0 where they are 0.
#[test]
fn nothing_to_spread_has_no_slope() -> Result<(), Error> {
    use netdsl::train::{MseLoss, Sgd, Trainer};
    network! {
        struct Distances {
            spread: Spread,
        }

        fn forward(x: [_, 3]) -> [_] {
            let (std, norm) = spread(x);
            std + norm
        }
    }
    let mut net = network!(Distances, dtype = f64)?;
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1))?;
    let (x, y) = (ArrayD::zeros(&[2, 4, 3][..]), ArrayD::ones(&[2, 4][..]));
    let (loss, gradients) = trainer.gradients(&mut net, &[&x], &[&y])?;
    assert_eq!(loss, 1.0);
    assert_eq!(gradients[0].0, "spread.scale");
    assert_eq!(gradients[0].1.sum(), 0.0);
    Ok(())
}

network! {
    struct LogSums {}

    fn forward(x: [_, _]) -> ([_], []) {
        (x.logsumexp(-1), x.logsumexp([1, 2]))
    }

    struct LogSum {
        fc: Linear<3, 4>,
    }

    fn forward(x: [_, 3]) -> [_] {
        let y = fc(x);
        (y * 10.0).logsumexp(2) + y.logsumexp([1, 2]).unsqueeze(1)
    }
}

/// The numbers are PyTorch 2.15's.
#[test]
fn logarithms_of_sums_of_numbers_of_any_size() -> Result<(), Error> {
    let infinite = f64::INFINITY;
    let x = array![
        [[-2.0, 0.5, 3.0], [100.0, -1000.0, 1000.5]],
        [[-infinite, 1.0, 2.0], [-infinite, -infinite, -infinite]],
        [[infinite, 1.0, 2.0], [0.25, 0.75, -0.5]],
    ];
    let (rows, samples) = network!(LogSums, dtype = f64)?.forward(&x)?;
    let wanted = [
        [3.085097246364, 1000.5],
        [2.313261687518, -infinite],
        [infinite, 1.388181602412],
    ];
    let is_close = |found: &f64, wanted: &f64| found == wanted || (found - wanted).abs() < 1e-12;
    let are_close = |found: ArrayD<f64>, wanted: ArrayD<f64>| {
        assert_eq!(found.shape(), wanted.shape());
        assert!(
            found.iter().zip(&wanted).all(|(a, b)| is_close(a, b)),
            "{found}"
        );
    };
    are_close(rows, ndarray::arr2(&wanted).into_dyn());
    are_close(samples, array![1000.5, 2.313261687518, infinite].into_dyn());
    check(
        network!(LogSum, seed = 4, dtype = f64)?,
        &[2, 5, 3],
        &[2, 5],
    );
    Ok(())
}

network! {
    struct Padded {
        zeros: ZeroPad2d<[1, 2, 0, 1]>,
        number: ConstantPad1d<2, 0.5>,
        mirror: ReflectionPad2d<1>,
        edge: ReplicationPad3d<[0, 1, 2, 0, 1, 0]>,
        round: CircularPad1d<[2, 3]>,
        same: Identity,
    }

    fn forward(x: [c, h, w]) -> ([c, _, _], [c, h, _], [c, _, _], [_, _, _], [c, h, _], [c, h, _]) {
        (
            zeros(x), number(x), same(mirror(x)), edge(x), round(x),
            x.pad([-1, 2]),
        )
    }
}

/// The position that is shown at `at` of an axis with `before` more elements.
fn source(how: &str, at: usize, before: i64, size: usize) -> Option<usize> {
    let (at, size) = (at as i64 - before, size as i64);
    let shown = match how {
        "constant" if at < 0 || at >= size => return None,
        "reflect" if at < 0 => -at,
        "reflect" if at >= size => 2 * size - 2 - at,
        "replicate" => at.clamp(0, size - 1),
        "circular" => at.rem_euclid(size),
        _ => at,
    };
    Some(shown as usize)
}

/// `torch.nn.functional.pad`, element by element.
fn padded(x: &ArrayD<f64>, amounts: &[i64], how: &str, value: f64) -> ArrayD<f64> {
    let before = |axis: usize| amounts.get(2 * (x.ndim() - 1 - axis)).copied().unwrap_or(0);
    let after = |axis: usize| {
        amounts
            .get(2 * (x.ndim() - 1 - axis) + 1)
            .copied()
            .unwrap_or(0)
    };
    let longer = |axis: usize| (x.shape()[axis] as i64 + before(axis) + after(axis)) as usize;
    let shape: Vec<usize> = (0..x.ndim()).map(longer).collect();
    ArrayD::from_shape_fn(shape, |at| {
        let place = (0..x.ndim()).map(|axis| source(how, at[axis], before(axis), x.shape()[axis]));
        place
            .collect::<Option<Vec<_>>>()
            .map_or(value, |place| x[&place[..]])
    })
}

#[test]
fn paddings_are_those_of_pytorch() -> Result<(), Error> {
    let net = network!(Padded, dtype = f64)?;
    for shape in [[2, 3, 4, 5], [1, 1, 2, 3]] {
        let x = some(&shape);
        let (zeros, number, mirror, edge, round, cut) = net.forward(&x)?;
        assert_eq!(zeros, padded(&x, &[1, 2, 0, 1], "constant", 0.0));
        assert_eq!(number, padded(&x, &[2, 2], "constant", 0.5));
        assert_eq!(mirror, padded(&x, &[1, 1, 1, 1], "reflect", 0.0));
        assert_eq!(edge, padded(&x, &[0, 1, 2, 0, 1, 0], "replicate", 0.0));
        assert_eq!(round, padded(&x, &[2, 3], "circular", 0.0));
        assert_eq!(cut, padded(&x, &[-1, 2], "constant", 0.0));
    }
    // One element has nothing beyond it to mirror, and two no three to go round.
    for (shape, told) in [
        (
            [1, 2, 1, 4],
            "a padding by 1 needs at least 2 elements along axis 2 (0 is the batch)",
        ),
        (
            [1, 2, 4, 2],
            "a padding by 3 needs at least 3 elements along axis 3 (0 is the batch)",
        ),
    ] {
        let error = net.forward(some(&shape)).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    Ok(())
}

network! {
    /// Looks back only: what a padding adds behind is cut off.
    struct Causal<kernel> {
        conv: Conv1d<_, 2, kernel>(padding = kernel - 1),
    }

    fn forward(x: [_, t]) -> [2, t] {
        conv(x).pad([0, -(kernel - 1)])
    }

    struct Before<const KERNEL: usize> {
        conv: Conv1d<_, 2, KERNEL>,
    }

    fn forward(x: [_, t]) -> [2, t] {
        conv(x.pad([KERNEL - 1, 0]))
    }

    struct Temporal {
        causal: Causal<3>,
        before: Before::<4>,
    }

    fn forward(x: [1, t]) -> [2, t] {
        before(causal(x))
    }
}

/// Amounts are computed of a network's sizes and constants, and what is cut may be of any length.
#[test]
fn paddings_take_sizes_of_the_network() -> Result<(), Error> {
    let net = network!(Temporal, seed = 1, dtype = f64)?;
    let x = some(&[1, 1, 9]);
    let y = net.forward(&x)?;
    assert_eq!(y.shape(), [1, 2, 9]);
    let mut other = x.clone();
    other[[0, 0, 5]] = 7.0;
    let moved = net.forward(&other)? - y;
    let differs: Vec<bool> = (0..9).map(|at| moved[[0, 0, at]] != 0.0).collect();
    assert_eq!(
        differs,
        [false, false, false, false, false, true, true, true, true]
    );
    let alone = network!(Causal<2>, dtype = f64)?;
    assert_eq!(alone.forward(some(&[2, 3, 4]))?.shape(), [2, 2, 4]);
    Ok(())
}

network! {
    struct Mirrored {
        conv: Conv2d<_, 1, 5>(padding = 2, padding_mode = "reflect"),
    }
}

#[test]
fn convolutions_mirror_what_there_is() -> Result<(), Error> {
    let net = network!(Mirrored)?;
    assert_eq!(
        net.forward(crate::nets::numbers(&[1, 1, 3, 4]))?.shape(),
        [1, 1, 3, 4]
    );
    let error = net
        .forward(crate::nets::numbers(&[1, 1, 2, 4]))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a padding by 2 needs at least 3 elements"),
        "{error}"
    );
    assert!(error.contains("pad by at most 1"), "{error}");
    Ok(())
}
