//! Functions beside networks say what bodies say, operators and lists of sizes as well.
use ndarray::array;
use netdsl::prelude::*;

network! {
    fn gated(x: Tensor, gate: Tensor) -> Tensor {
        x * gate.sigmoid()
    }

    /// Of any module that names it.
    pub(crate) fn halves(x: Tensor, times: usize) -> (Tensor, Tensor) {
        let (mut a, b) = (x.slice(-1, ..2), x.reshape([2, 2]).sum(1));
        for _ in 0..times {
            a = -a / 2.0 + 1;
        }
        if times > 5 {
            return (b, a);
        }
        (gated(a, b), a - b)
    }

    struct Net {
        a: Identity,
    }

    fn forward(x: [4]) -> [_] {
        let (first, second) = halves(a(x), 1);
        cat([first, second], 1)
    }
}

#[test]
fn they_compute_what_they_say() {
    let x = array![[1.0f64, 2.0, 3.0, 4.0]];
    let (a, b) = ([0.5, 0.0], [4.0f64, 6.0]);
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let want = [
        a[0] * sigmoid(b[0]),
        a[1] * sigmoid(b[1]),
        a[0] - b[0],
        a[1] - b[1],
    ];
    let y = network!(Net, dtype = f64).unwrap().forward(x).unwrap();
    for (y, want) in y.iter().zip(want) {
        assert!((y - want).abs() < 1e-12, "{y} {want}");
    }
}
