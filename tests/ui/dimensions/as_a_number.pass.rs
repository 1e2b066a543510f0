//! A size may be open as long as the compiler looks: it is computed with, but nothing goes by it.
use netdsl::prelude::*;

network! {
    struct Net<k, const LENGTH: usize> {
        fc: Linear<n, 12>,
    }

    fn forward(x: [n]) -> [k, _] {
        let y = fc(x).narrow(1, 0, LENGTH);
        let z = if LENGTH > 3 { y } else { y * n };
        z.reshape([k, _])
    }
}

network! {
    struct Computed<k> {
        fc: Linear<k, 12>,
    }

    fn forward(x: [k]) -> [12] {
        let twice = 2 * k;
        fc(x) * (1.0 / twice.sqrt()) - (k - 1)
    }
}

#[test]
fn builds() {
    let net = network!(Net::<4><2>).unwrap();
    assert_eq!(net.probe([7]).unwrap().rows[0].count, 7 * 12 + 12);
    assert_eq!(network!(Computed<3>).unwrap().count_parameters(), 48);
}
