//! Many threads run the first forward at once.

use ndarray::{ArrayD, IxDyn};
use netdsl::prelude::*;
use std::sync::Barrier;

network! {
    struct Tiny {
        fc: Linear<_, 1>,
    }
}

const THREADS: usize = 4;

#[test]
fn networks_are_send_and_sync() {
    fn assert_send_sync<T: Send + Sync + 'static>() {}
    assert_send_sync::<Tiny>();
    assert_send_sync::<Tiny<f64>>();
    assert_send_sync::<crate::nets::Small>();
    assert_send_sync::<crate::nets::Nested>();
    assert_send_sync::<Error>();
}

/// Has all threads run `race` with each network at the same time; gives what they saw, network by network.
fn race<T: Send>(rounds: usize, race: impl Fn(usize, &Tiny) -> T + Sync) -> Vec<Vec<T>> {
    let nets: Vec<Tiny> = (0..rounds)
        .map(|_| network!(Tiny, seed = 9).unwrap())
        .collect();
    let barrier = Barrier::new(THREADS);
    let mut seen: Vec<Vec<T>> = nets.iter().map(|_| Vec::new()).collect();
    std::thread::scope(|scope| {
        let run = |thread| {
            let (nets, barrier, race) = (&nets, &barrier, &race);
            scope.spawn(move || {
                let each = nets.iter().map(|net| {
                    barrier.wait();
                    race(thread, net)
                });
                each.collect::<Vec<T>>()
            })
        };
        let threads: Vec<_> = (0..THREADS).map(run).collect();
        for thread in threads {
            for (net, value) in thread.join().unwrap().into_iter().enumerate() {
                seen[net].push(value);
            }
        }
    });
    seen
}

#[test]
fn all_succeed_on_the_same_weights() {
    let alone = network!(Tiny, seed = 9).unwrap();
    let x = ArrayD::from_elem(IxDyn(&[1, 2]), 0.5);
    let expected = alone.forward(&x).unwrap();
    let rounds = race(10_000, |_, net| {
        let y = net.forward(&x).unwrap();
        // Bound once: the weights stay where the first one put them.
        (y, net.fc.get().unwrap().weight().as_ptr() as usize)
    });
    for seen in rounds {
        assert!(
            seen.iter()
                .all(|(y, place)| *y == expected && *place == seen[0].1)
        );
    }
}

#[test]
fn all_see_the_same_error() {
    // Of rank 1: there is no sample.
    let x = ArrayD::<f32>::zeros(IxDyn(&[2]));
    let rounds = race(2_000, |_, net| {
        (net.forward(&x).unwrap_err().to_string(), net.is_bound())
    });
    for seen in &rounds {
        assert!(seen.iter().all(|one| *one == rounds[0][0] && !one.1));
    }
}

#[test]
fn of_several_sizes_one_wins_and_the_others_are_told() {
    let rounds = race(2_000, |thread, net| {
        let width = 1 + thread % 2;
        let x = ArrayD::<f32>::zeros(IxDyn(&[1, width]));
        (
            width,
            net.forward(&x)
                .map_err(|error| error.to_string())
                .map(|y| y.len()),
            net.fc.get().unwrap().weight().len(),
        )
    });
    for seen in rounds {
        let bound = seen[0].2;
        for (width, result, weight) in seen {
            assert_eq!(weight, bound);
            match result {
                Ok(_) => assert_eq!(width, bound),
                Err(error) => {
                    assert_ne!(width, bound);
                    let told =
                        format!("was bound to {bound} input features, but the input has {width}");
                    assert!(error.contains(&told), "{error}");
                }
            }
        }
    }
}

#[test]
fn a_copy_made_while_another_thread_binds_works() {
    for _ in 0..2_000 {
        let net = network!(Tiny).unwrap();
        let copies: Vec<_> = std::thread::scope(|scope| {
            scope.spawn(|| net.bind([5]).unwrap());
            (0..3).map(|_| net.clone()).collect()
        });
        for copy in copies {
            copy.bind([5]).unwrap();
            let x = ArrayD::from_elem(IxDyn(&[1, 5]), 1.0);
            assert_eq!(copy.forward(&x).unwrap(), net.forward(&x).unwrap());
        }
    }
}
