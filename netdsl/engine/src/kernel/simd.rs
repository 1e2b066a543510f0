//! Compiling one loop for several instruction sets and choosing among them at run time.
//!
//! No body may use a fused multiply-add: every level then rounds alike, so a network computes the
//! same bits on every x86 machine.

/// The instruction sets a body is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// What every machine of the target has.
    Baseline,
    /// 256-bit vectors.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

/// The best level this machine runs.
#[inline]
pub fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        // The standard library caches the answers: each is one relaxed load and a mask.
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
        {
            return Level::Avx512;
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level::Avx2;
        }
    }
    Level::Baseline
}

/// Defines a function whose body is compiled once for each [`Level`].
///
/// Generic parameters go in square brackets, each with one bound:
/// `simd! { fn scale[E: Element](x: &mut [E], by: E) { ... } }`. Whatever the body calls must be
/// `#[inline(always)]` to be compiled for the level too. `simd! { narrow fn … }` leaves 512-bit
/// vectors out: they gain little where memory or shuffles bound a loop, and every level is a third
/// of what has to be compiled.
#[doc(hidden)]
#[macro_export]
macro_rules! simd {
    (
        narrow $(#[$meta:meta])*
        $vis:vis fn $name:ident [$($generic:ident : $bound:path),*]
            ($($arg:ident : $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    ) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        $vis fn $name<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments)]
            fn body<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                #[allow(clippy::too_many_arguments)]
                fn avx2<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? {
                    body::<$($generic),*>($($arg),*)
                }
                if $crate::kernel::simd::level() != $crate::kernel::simd::Level::Baseline {
                    // SAFETY: every level above the baseline has these features, and `level` has
                    // just found them on this machine.
                    return unsafe { avx2::<$($generic),*>($($arg),*) };
                }
            }
            body::<$($generic),*>($($arg),*)
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident [$($generic:ident : $bound:path),*]
            ($($arg:ident : $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    ) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        $vis fn $name<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments)]
            fn body<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
                #[allow(clippy::too_many_arguments)]
                fn avx512<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? {
                    body::<$($generic),*>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                #[allow(clippy::too_many_arguments)]
                fn avx2<$($generic: $bound),*>($($arg: $type),*) $(-> $result)? {
                    body::<$($generic),*>($($arg),*)
                }
                match $crate::kernel::simd::level() {
                    $crate::kernel::simd::Level::Avx512 => {
                        // SAFETY: `level` has just found these features on this machine.
                        return unsafe { avx512::<$($generic),*>($($arg),*) };
                    }
                    $crate::kernel::simd::Level::Avx2 => {
                        // SAFETY: as above.
                        return unsafe { avx2::<$($generic),*>($($arg),*) };
                    }
                    $crate::kernel::simd::Level::Baseline => {}
                }
            }
            body::<$($generic),*>($($arg),*)
        }
    };
}

#[doc(hidden)]
pub use crate::simd;

#[cfg(test)]
mod tests {
    use crate::Element;

    simd! {
        fn dot[E: Element](x: &[E], y: &[E]) -> E {
            x.iter().zip(y).map(|(&x, &y)| x * y).sum()
        }
    }

    #[test]
    fn runs_at_the_level_of_this_machine() {
        assert_eq!(dot(&[1.0f32, 2.0], &[3.0, 4.0]), 11.0);
        assert_eq!(dot::<f64>(&[], &[]), 0.0);
    }
}
