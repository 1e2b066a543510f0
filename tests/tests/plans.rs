//! Plans for batches of many shapes: what they compute, and that the memory for them is bounded.

#![allow(missing_docs, reason = "tests")]

use ndarray::{ArrayD, Axis, Slice};
use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The system's allocator, counting the bytes that are held.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The tests that read the counter take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

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
        head(fc2(fc1(x).relu()).relu())
    }
}

/// The most samples in a batch here.
const MOST: usize = 64;

fn images() -> ArrayD<f32> {
    let mut at = 0.0f32;
    ArrayD::from_shape_simple_fn(vec![MOST, 1, 28, 28], || {
        at += 0.37;
        at.sin()
    })
}

/// The first samples of a batch.
fn first(x: &ArrayD<f32>, samples: usize) -> ArrayD<f32> {
    x.slice_axis(Axis(0), Slice::from(..samples)).to_owned()
}

/// How many bytes more than before are held after runs on batches of all sizes, the largest one first:
/// after the first of them, after twenty sizes, and after all.
fn held(mut run: impl FnMut(&ArrayD<f32>)) -> [usize; 3] {
    let images = images();
    let before = HELD.load(Ordering::Relaxed);
    let mut after = |sizes: &mut dyn Iterator<Item = usize>| {
        sizes.for_each(|samples| run(&first(&images, samples)));
        HELD.load(Ordering::Relaxed) - before
    };
    [
        after(&mut std::iter::once(MOST)),
        after(&mut (1..=20)),
        after(&mut (21..MOST).chain(1..MOST)),
    ]
}

/// All plans run in the memory of the largest, and only so many plans are kept.
fn check([one, twenty, all]: [usize; 3]) {
    assert!(one > 1 << 20, "{one} bytes for the largest batch");
    assert!(twenty - one < one / 2, "{one} bytes became {twenty}");
    let more = all.abs_diff(twenty);
    assert!(more < 1 << 16, "{twenty} bytes became {all}");
}

#[test]
fn evaluation_holds_no_more_than_the_largest_batch_needs() {
    let _turn = alone();
    let net = network!(LeNet).unwrap();
    net.bind([1, 28, 28]).unwrap();
    check(held(|x| drop(net.forward(x).unwrap())));
}

#[test]
fn training_holds_no_more_than_the_largest_batch_needs() {
    let _turn = alone();
    let mut net = network!(LeNet).unwrap();
    net.bind([1, 28, 28]).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.01)).unwrap();
    check(held(|x| {
        let y = ArrayD::zeros(vec![x.shape()[0]]);
        trainer.step(&mut net, x, &y).unwrap();
    }));
}

#[test]
fn every_batch_size_gives_every_sample_the_same() {
    let _turn = alone();
    let net = network!(LeNet).unwrap();
    let images = images();
    let all = net.forward(&images).unwrap();
    // Twice, so that plans are made anew in the room of others.
    for samples in (1..MOST).chain(1..MOST) {
        let y = net.forward(first(&images, samples)).unwrap();
        let difference = (&y - &first(&all, samples)).mapv(f32::abs);
        assert_eq!(y.shape(), [samples, 10]);
        assert!(difference.iter().all(|&x| x < 1e-5), "{samples} samples");
    }
}

#[test]
fn threads_that_run_at_once_do_not_meet() {
    let _turn = alone();
    let net = network!(LeNet).unwrap();
    let images = images();
    let all = net.forward(&images).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (net, images, all) = (&net, &images, &all);
            scope.spawn(move || {
                for round in 0..40 {
                    // Two threads each share a shape, and shapes come and go.
                    let samples = 1 + (round + thread / 2 * 20) % 24;
                    let y = net.forward(first(images, samples)).unwrap();
                    let difference = (&y - &first(all, samples)).mapv(f32::abs);
                    assert!(difference.iter().all(|&x| x < 1e-5), "{samples} samples");
                }
            });
        }
    });
}
