//! Numbers may say their type.
use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 5>,
    }

    fn forward(x: [4]) {
        let mut y = a(x) * 0.5f32 + 2f64;
        y -= 3_i64 * y / 2u8;
        y *= -1i32;
        y * (-0.5f32) + 2.0 * 3.0
    }
}

network! {
    struct Alone {
        a: Linear<4, 5>,
    }
}

#[test]
fn they_are_numbers() {
    let net = network!(Net, seed = 1).unwrap();
    let x = ndarray::array![[1.0f32, -2.0, 0.5, 3.0]];
    // One seed and one path, one layer.
    let a = network!(Alone, seed = 1).unwrap().forward(&x).unwrap();
    let wanted = a.mapv(|a| {
        let y = a * 0.5 + 2.0;
        (y - 3.0 * y / 2.0) * 0.5 + 6.0
    });
    let found = net.forward(&x).unwrap();
    assert!(found.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-5));
}
