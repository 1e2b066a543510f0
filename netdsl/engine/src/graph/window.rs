//! The arithmetic of sliding windows.

/// A window that slides along one axis: a kernel of a convolution or a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Taps of the kernel.
    pub kernel: usize,
    /// Distance between two windows.
    pub stride: usize,
    /// Zeros added before the first element.
    pub low: usize,
    /// Zeros added after the last element.
    pub high: usize,
    /// Distance between two taps.
    pub dilation: usize,
}

impl Window {
    /// The elements from the first tap to the last, `dilation · (kernel − 1) + 1`; `None` on overflow.
    pub const fn span(&self) -> Option<usize> {
        if self.kernel == 0 {
            return None;
        }
        match self.dilation.checked_mul(self.kernel - 1) {
            Some(span) => span.checked_add(1),
            None => None,
        }
    }

    /// How many windows fit: `⌊(input + low + high − span) / stride⌋ + 1`, as `torch.nn.Conv2d`.
    /// `None` where not one does.
    pub const fn output(&self, input: usize) -> Option<usize> {
        let (Some(span), Some(padded)) = (self.span(), self.padded(input)) else {
            return None;
        };
        if self.stride == 0 || padded < span {
            return None;
        }
        Some((padded - span) / self.stride + 1)
    }

    /// As [`Self::output`] with the quotient rounded up, as `ceil_mode` of `torch.nn.MaxPool2d`: a
    /// last window that starts in the padding after the input is dropped.
    pub const fn output_ceil(&self, input: usize) -> Option<usize> {
        let (Some(span), Some(padded)) = (self.span(), self.padded(input)) else {
            return None;
        };
        if self.stride == 0 || padded < span {
            return None;
        }
        let windows = (padded - span).div_ceil(self.stride) + 1;
        let last = (windows - 1) * self.stride;
        Some(if last >= input + self.low {
            windows - 1
        } else {
            windows
        })
    }

    /// By how much the output is larger than the input, where that is the same for every input.
    pub const fn change(&self) -> Option<i64> {
        let (Some(span), Some(padding)) = (self.span(), self.low.checked_add(self.high)) else {
            return None;
        };
        if self.stride != 1 || span > i64::MAX as usize || padding >= i64::MAX as usize {
            return None;
        }
        Some(padding as i64 + 1 - span as i64)
    }

    /// What a transposed convolution makes of `input`: `(input − 1) · stride − low − high + span +
    /// output_padding`, as `torch.nn.ConvTranspose2d`.
    pub const fn transposed_output(&self, input: usize, output_padding: usize) -> Option<usize> {
        let Some(span) = self.span() else { return None };
        if input == 0 {
            return None;
        }
        let Some(reach) = (input - 1).checked_mul(self.stride) else {
            return None;
        };
        match (reach + span + output_padding).checked_sub(self.low + self.high) {
            Some(output) if output > 0 => Some(output),
            _ => None,
        }
    }

    /// What a transposed convolution adds to `input · stride`, the same for every input.
    pub const fn transposed_change(&self, output_padding: usize) -> Option<i64> {
        let (Some(span), Some(padding)) = (self.span(), self.low.checked_add(self.high)) else {
            return None;
        };
        let (Some(more), Some(less)) = (
            span.checked_add(output_padding),
            self.stride.checked_add(padding),
        ) else {
            return None;
        };
        if more > i64::MAX as usize || less > i64::MAX as usize {
            return None;
        }
        Some(more as i64 - less as i64)
    }

    /// The size with its padding; `None` where that is too large to count with.
    pub const fn padded(&self, input: usize) -> Option<usize> {
        match input.checked_add(self.low) {
            Some(padded) => padded.checked_add(self.high),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_count_as_a_sliding_loop_does() {
        for input in 0..9 {
            for kernel in 1..4 {
                for stride in 1..4 {
                    for pad in 0..3 {
                        for dilation in 1..3 {
                            let window = Window {
                                kernel,
                                stride,
                                low: pad,
                                high: pad,
                                dilation,
                            };
                            let span = dilation * (kernel - 1) + 1;
                            let starts = (0..)
                                .map(|i| i * stride)
                                .take_while(|start| start + span <= input + 2 * pad);
                            let count = starts.count();
                            assert_eq!(
                                window.output(input).unwrap_or(0),
                                count,
                                "{window:?} on {input}"
                            );
                            if let (Some(output), Some(change)) =
                                (window.output(input), window.change())
                            {
                                assert_eq!(output as i64, input as i64 + change);
                            }
                            // A transposed convolution goes the way back.
                            let (again, change) = (
                                window.transposed_output(input, 0),
                                window.transposed_change(0),
                            );
                            if let (Some(again), Some(change)) = (again, change) {
                                assert_eq!(again as i64, (input * stride) as i64 + change);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn huge_sizes_do_not_overflow() {
        let window = Window {
            kernel: usize::MAX,
            stride: 1,
            low: 0,
            high: 0,
            dilation: 3,
        };
        assert_eq!(window.output(10), None);
        let window = Window {
            kernel: 1,
            stride: 1,
            low: usize::MAX,
            high: 1,
            dilation: 1,
        };
        assert_eq!(window.output(10), None);
    }
}
