//! Tasks run once, chunks cover, callers nest, panics travel, workers sleep and wake.

use super::*;

#[test]
fn every_task_runs_once() {
    for threads in [1, 2, 5] {
        for tasks in [0, 1, 2, 7, 1000] {
            let counts: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
            with_threads(threads, || {
                parallel_for(tasks, |task| {
                    counts[task].fetch_add(1, Ordering::Relaxed);
                })
            });
            assert!(
                counts
                    .iter()
                    .all(|count| count.load(Ordering::Relaxed) == 1)
            );
        }
    }
}

#[test]
fn chunks_cover_the_slice() {
    for length in [0, 1, 9, 10, 11, 1001] {
        let mut data = vec![0; length];
        with_threads(3, || {
            parallel_chunks(&mut data, 10, |index, part| {
                part.iter_mut().for_each(|value| *value += index + 1)
            })
        });
        assert!(
            data.iter()
                .enumerate()
                .all(|(at, &value)| value == at / 10 + 1)
        );
    }
}

#[test]
fn callers_may_be_many_and_nested() {
    let total = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                with_threads(3, || {
                    for _ in 0..500 {
                        parallel_for(4, |_| {
                            parallel_for(3, |_| {
                                total.fetch_add(1, Ordering::Relaxed);
                            })
                        });
                    }
                })
            });
        }
    });
    assert_eq!(total.into_inner(), 4 * 500 * 4 * 3);
}

#[test]
fn panics_reach_the_caller() {
    for panicking in [0, 5, 99] {
        let caught = catch_unwind(|| {
            with_threads(4, || {
                parallel_for(100, |task| assert!(task != panicking, "task {task}"))
            })
        });
        let message = *caught.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(message, format!("task {panicking}"));
    }
    every_task_runs_once();
    assert_eq!(with_threads(7, threads), 7);
}

#[test]
fn workers_sleep_and_wake() {
    for pause in [0, 10, 100, 2000] {
        for _ in 0..20 {
            every_task_runs_once();
            std::thread::sleep(Duration::from_micros(pause));
        }
    }
}
