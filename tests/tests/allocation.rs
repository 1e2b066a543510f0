//! After the first step of a shape, a training step allocates nothing.

use ndarray::ArrayD;
use netdsl::prelude::*;
use netdsl::train::optimizer::Rule;
use netdsl::train::{Adam, Clip, CrossEntropyLoss, Sgd, Trainer};
use netdsl::{Operand, Operation, Output};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

network! {
    struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        let x = fc1(x).relu();
        head(fc2(x).relu())
    }
}

network! {
    struct Mlp {
        fc1: Linear<_, 300>,
        norm: BatchNorm1d<_>,
        act: Relu,
        drop: Dropout(p = 0.2),
        fc2: Linear<_, 10>,
    }
}

/// x²
struct Square;

impl<E: Element> Operation<E> for Square {
    fn forward(&self, inputs: &[Operand<'_, E>], y: Output<'_, E>) {
        for (y, &x) in y.values.iter_mut().zip(inputs[0].values) {
            *y = x * x;
        }
    }

    fn backward(
        &self,
        _operand: usize,
        inputs: &[Operand<'_, E>],
        _y: Operand<'_, E>,
        dy: Operand<'_, E>,
        dx: Output<'_, E>,
    ) {
        for ((dx, &x), &dy) in dx.values.iter_mut().zip(inputs[0].values).zip(dy.values) {
            *dx = (x + x) * dy;
        }
    }
}

const fn square(x: Tensor<'_>) -> Tensor<'_> {
    x.custom(&Square, &[], *x.shape())
}

network! {
    struct Own {
        fc1: Linear<_, 10>,
        fc2: Linear<_, 10>(weight = fc3.weight),
        fc3: Linear<_, 10>,
    }

    fn forward(x: [_]) -> [10] {
        fc3(fc2(square(fc1(x))))
    }
}

fn check<N: Network<f32>, R: Rule>(
    what: &str,
    mut net: N,
    rule: R,
    clip: Option<Clip>,
    sample: &[usize],
) {
    let shape: Vec<usize> = std::iter::once(16).chain(sample.iter().copied()).collect();
    let mut at = 0.0f32;
    let x = ArrayD::from_shape_simple_fn(shape, || {
        at += 0.37;
        at.sin()
    });
    let y = ArrayD::from_shape_fn(vec![16], |index| (index[0] % 10) as f32);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), rule).unwrap();
    if let Some(clip) = clip {
        trainer = trainer.clip(clip);
    }
    for _ in 0..2 {
        trainer.step(&mut net, &x, &y).unwrap();
    }
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for _ in 3..=10 {
        trainer.step(&mut net, &x, &y).unwrap();
    }
    let allocations = ALLOCATIONS.load(Ordering::Relaxed) - before;
    assert_eq!(allocations, 0, "allocations in eight steps of {what}");
}

/// One test, because all threads are counted.
#[test]
fn a_warm_step_allocates_nothing() {
    let probe = ALLOCATIONS.load(Ordering::Relaxed);
    drop(std::hint::black_box(vec![1u8]));
    assert!(
        ALLOCATIONS.load(Ordering::Relaxed) > probe,
        "allocations are counted"
    );

    let sgd = || {
        Sgd::new(0.01)
            .momentum(0.9)
            .nesterov(true)
            .weight_decay(1e-4)
    };
    check(
        "LeNet with SGD",
        network!(LeNet).unwrap(),
        sgd(),
        None,
        &[1, 28, 28],
    );
    check(
        "LeNet with Adam",
        network!(LeNet).unwrap(),
        Adam::new(1e-3),
        None,
        &[1, 28, 28],
    );
    check(
        "an MLP with SGD",
        network!(Mlp).unwrap(),
        sgd(),
        None,
        &[200],
    );
    check(
        "an MLP with Adam",
        network!(Mlp).unwrap(),
        Adam::new(1e-3),
        None,
        &[200],
    );
    check(
        "an MLP with its norm clipped",
        network!(Mlp).unwrap(),
        sgd(),
        Some(Clip::Norm(0.1)),
        &[200],
    );
    check(
        "an MLP with its values clipped",
        network!(Mlp).unwrap(),
        sgd(),
        Some(Clip::Value(0.1)),
        &[200],
    );
    check(
        "a network with an operation of the user's and a tie",
        network!(Own).unwrap(),
        sgd(),
        None,
        &[200],
    );
    netdsl::engine::pool::with_threads(2, || {
        check(
            "LeNet on two threads",
            network!(LeNet).unwrap(),
            sgd(),
            None,
            &[1, 28, 28],
        );
    });
}
