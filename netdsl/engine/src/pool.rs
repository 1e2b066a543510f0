//! A small persistent thread pool for data-parallel loops.
//!
//! One job runs at a time. A caller publishes it, takes part in it, and returns once every task
//! is done; a caller that finds the pool taken (another thread's job, or a loop inside a task)
//! runs its own tasks inline. Nothing is allocated per job. Each thread begins at its own part of
//! the tasks, the same in every job, so that it finds in its caches what it wrote in the job before;
//! who is through with that takes over from the others. Which thread runs a task is arbitrary:
//! callers cut work by its size, never by [`threads`], and results then do not depend on the
//! number of threads.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long an idle worker looks for the next job before it goes to sleep: longer than the gap
/// between two loops of one training step, shorter than anyone would notice.
const SPIN: Duration = Duration::from_micros(40);

/// More threads than this are never started.
const MAX_THREADS: usize = 256;

/// What to do with each of some tasks, its lifetime erased.
#[derive(Clone, Copy)]
struct Job {
    body: *const (dyn Fn(usize) + Sync),
    tasks: usize,
    /// The parts that tasks are in: one for each thread that may take part.
    parts: usize,
}

impl Job {
    /// The first task of a part, or the end of the part before it.
    fn start(&self, part: usize) -> usize {
        (self.tasks as u128 * part as u128 / self.parts as u128) as usize
    }
}

/// On cache lines of its own: threads that write neighbouring values would wait for each other.
#[repr(align(128))]
struct Apart<T>(T);

struct Pool {
    /// Held by the thread whose job is running.
    taken: AtomicBool,
    /// How many workers were started; changed only while `taken`.
    workers: AtomicUsize,
    /// The gate to the job: generation (32 bits), seats still free (16), workers inside (16).
    gate: AtomicU64,
    /// By part, the next task to claim.
    next: [Apart<AtomicUsize>; MAX_THREADS],
    /// Written by the holder of `taken` while the gate is shut and nobody is inside.
    job: UnsafeCell<Job>,
    /// The first panic of a worker in this job.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// Workers asleep, or about to be.
    sleeping: AtomicUsize,
    sleep: Mutex<()>,
    wake: Condvar,
}

// SAFETY: `job` is written only by the holder of `taken` while no worker is inside the gate, and
// read only by workers inside it; entering (acquire) and opening (release) order the two. The
// pointer in it is to a `Sync` closure that outlives the job.
unsafe impl Sync for Pool {}

const SEAT: u64 = 1 << 16;
const SEATS: u64 = 0xffff << 16;
const INSIDE: u64 = 0xffff;
const GENERATION: u64 = 1 << 32;

static POOL: Pool = Pool {
    taken: AtomicBool::new(false),
    workers: AtomicUsize::new(0),
    gate: AtomicU64::new(0),
    next: [const { Apart(AtomicUsize::new(0)) }; MAX_THREADS],
    job: UnsafeCell::new(Job {
        body: &|_| {},
        tasks: 0,
        parts: 1,
    }),
    panic: Mutex::new(None),
    sleeping: AtomicUsize::new(0),
    sleep: Mutex::new(()),
    wake: Condvar::new(),
};

thread_local! {
    /// This thread's limit, 0 for the default.
    static LIMIT: Cell<usize> = const { Cell::new(0) };
}

fn default_threads() -> usize {
    static DEFAULT: OnceLock<usize> = OnceLock::new();
    *DEFAULT.get_or_init(|| {
        let named = |name| std::env::var(name).ok()?.trim().parse::<usize>().ok();
        named("NETDSL_NUM_THREADS")
            .or_else(|| named("RAYON_NUM_THREADS"))
            .filter(|&count| count > 0)
            .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
            .unwrap_or(1)
            .min(MAX_THREADS)
    })
}

/// How many threads a loop started here may use, the caller included.
///
/// It is `NETDSL_NUM_THREADS`, else `RAYON_NUM_THREADS`, else what the machine offers; inside
/// [`with_threads`], its limit.
pub fn threads() -> usize {
    match LIMIT.get() {
        0 => default_threads(),
        limit => limit,
    }
}

/// Runs `body` with loops that it starts on this thread limited to `limit` threads (at least 1).
///
/// A limit above the default starts more workers, so that tests can cover several threads on any
/// machine.
pub fn with_threads<R>(limit: usize, body: impl FnOnce() -> R) -> R {
    struct Restore(usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            LIMIT.set(self.0);
        }
    }
    let _restore = Restore(LIMIT.replace(limit.clamp(1, MAX_THREADS)));
    body()
}

/// Calls `body` once with every task from 0 to `tasks` − 1, on several threads, and waits.
///
/// # Panics
///
/// If a task panics, with its payload; tasks not yet claimed are then dropped.
#[inline]
pub fn parallel_for(tasks: usize, body: impl Fn(usize) + Sync) {
    each_task(tasks, &body);
}

// Bodies are trait objects, so that what is around them is compiled once and not for each loop,
// and that they themselves are not inlined into each of the places that call them.

fn each_task(tasks: usize, body: &(dyn Fn(usize) + Sync)) {
    let helpers = threads().min(tasks).saturating_sub(1);
    if helpers == 0 || POOL.taken.swap(true, Ordering::Acquire) {
        (0..tasks).for_each(body);
        return;
    }
    POOL.run(helpers, tasks, body);
}

/// Calls `body` with every chunk of `data` (its index and the chunk; the last may be shorter), on
/// several threads, and waits.
///
/// # Panics
///
/// If `chunk` is 0, or as [`parallel_for`] does.
#[inline]
pub fn parallel_chunks<T: Send>(
    data: &mut [T],
    chunk: usize,
    body: impl Fn(usize, &mut [T]) + Sync,
) {
    each_chunk(data, chunk, &body);
}

fn each_chunk<T: Send>(data: &mut [T], chunk: usize, body: &(dyn Fn(usize, &mut [T]) + Sync)) {
    assert!(chunk > 0, "chunks of no elements");
    struct Base<T>(*mut T);
    // SAFETY: every task makes its own part of the slice from it, and `T` is `Send`.
    unsafe impl<T: Send> Sync for Base<T> {}
    impl<T> Base<T> {
        fn get(&self) -> *mut T {
            self.0
        }
    }
    let (length, base) = (data.len(), Base(data.as_mut_ptr()));
    parallel_for(length.div_ceil(chunk), |index| {
        let start = index * chunk;
        // SAFETY: start < length, chunks do not overlap, every index is visited once, and `data`
        // is borrowed until the loop returns.
        let part = unsafe {
            std::slice::from_raw_parts_mut(base.get().add(start), chunk.min(length - start))
        };
        body(index, part);
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// Runs a job; the caller holds `taken`, which this releases.
    fn run(&'static self, helpers: usize, tasks: usize, body: &(dyn Fn(usize) + Sync)) {
        self.start_workers(helpers);
        // SAFETY: only the lifetime changes; workers call the body while inside the gate, and this
        // does not return before they have left.
        let erased = unsafe {
            std::mem::transmute::<*const (dyn Fn(usize) + Sync), *const (dyn Fn(usize) + Sync)>(
                body,
            )
        };
        let job = Job {
            body: erased,
            tasks,
            parts: helpers + 1,
        };
        // SAFETY: this thread holds `taken`, the gate is shut and nobody is inside.
        unsafe { *self.job.get() = job };
        for (part, next) in self.next[..job.parts].iter().enumerate() {
            next.0.store(job.start(part), Ordering::Relaxed);
        }
        let seats = SEAT * helpers as u64;
        // Sequentially consistent with `sleeping`: either a worker going to sleep sees the open
        // gate, or this thread sees the sleeper.
        self.gate.fetch_add(GENERATION | seats, Ordering::SeqCst);
        if self.sleeping.load(Ordering::SeqCst) > 0 {
            drop(lock(&self.sleep));
            for _ in 0..helpers {
                self.wake.notify_one();
            }
        }

        let own = catch_unwind(AssertUnwindSafe(|| self.claim(&job, 0, body)));
        if own.is_err() {
            self.drop_tasks(&job);
        }

        // Shut the gate: workers that did not come are not waited for.
        self.gate.fetch_and(!SEATS, Ordering::AcqRel);
        let mut spins = 0u32;
        while self.gate.load(Ordering::Acquire) & INSIDE != 0 {
            spins += 1;
            if spins < 10_000 {
                std::hint::spin_loop()
            } else {
                std::thread::yield_now()
            }
        }
        let theirs = lock(&self.panic).take();
        self.taken.store(false, Ordering::Release);
        if let Err(panic) = own {
            resume_unwind(panic);
        }
        if let Some(panic) = theirs {
            resume_unwind(panic);
        }
    }

    /// Runs tasks that nobody has claimed, those of the thread's own part first.
    fn claim(&self, job: &Job, thread: usize, body: &dyn Fn(usize)) {
        for part in (0..job.parts).map(|after| (thread + after) % job.parts) {
            let (next, end) = (&self.next[part].0, job.start(part + 1));
            // Looking first spares the others a write to what they are still claiming from.
            while next.load(Ordering::Relaxed) < end {
                let task = next.fetch_add(1, Ordering::Relaxed);
                if task < end {
                    body(task);
                }
            }
        }
    }

    /// Leaves nothing to claim.
    fn drop_tasks(&self, job: &Job) {
        for next in &self.next[..job.parts] {
            next.0.store(job.tasks, Ordering::Relaxed);
        }
    }

    fn start_workers(&'static self, wanted: usize) {
        while self.workers.load(Ordering::Relaxed) < wanted {
            let number = self.workers.load(Ordering::Relaxed) + 1;
            let worker = std::thread::Builder::new()
                .name(format!("netdsl-{number}"))
                .spawn(move || self.work(number));
            if worker.is_err() {
                return; // the caller and the workers there are do it all
            }
            self.workers.store(number, Ordering::Relaxed);
        }
    }

    fn work(&self, number: usize) {
        let mut seen = 0;
        loop {
            let generation = self.enter(seen);
            seen = generation;
            // SAFETY: this worker is inside the gate, so the job stays as it is.
            let job = unsafe { *self.job.get() };
            let result = catch_unwind(AssertUnwindSafe(|| {
                // SAFETY: the body outlives the job, which lasts while this worker is inside.
                self.claim(&job, number, unsafe { &*job.body });
            }));
            if let Err(panic) = result {
                self.drop_tasks(&job);
                lock(&self.panic).get_or_insert(panic);
            }
            self.gate.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for a seat in a job other than `seen` and takes it.
    fn enter(&self, seen: u64) -> u64 {
        let mut deadline = None;
        let mut spins = 0u32;
        loop {
            if let Some(generation) = self.try_enter(seen) {
                return generation;
            }
            spins += 1;
            std::hint::spin_loop();
            if !spins.is_multiple_of(32) {
                continue;
            }
            let now = Instant::now();
            if now < *deadline.get_or_insert(now + SPIN) {
                continue;
            }
            let mut guard = lock(&self.sleep);
            self.sleeping.fetch_add(1, Ordering::SeqCst);
            let found = loop {
                if let Some(generation) = self.try_enter(seen) {
                    break Some(generation);
                }
                if self.gate.load(Ordering::SeqCst) & SEATS != 0 {
                    break None; // this worker was in that job already, or lost the race for it
                }
                guard = self
                    .wake
                    .wait(guard)
                    .unwrap_or_else(PoisonError::into_inner);
            };
            self.sleeping.fetch_sub(1, Ordering::SeqCst);
            drop(guard);
            if let Some(generation) = found {
                return generation;
            }
            deadline = None;
        }
    }

    fn try_enter(&self, seen: u64) -> Option<u64> {
        let mut gate = self.gate.load(Ordering::SeqCst);
        while gate & SEATS != 0 && gate / GENERATION != seen {
            let inside = gate - SEAT + 1;
            match self.gate.compare_exchange_weak(
                gate,
                inside,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Some(gate / GENERATION),
                Err(now) => gate = now,
            }
        }
        None
    }
}
