use netdsl::prelude::*;

network! {
    struct Net<k, const LENGTH: usize> {
        fc: Linear<n, 12>,
    }

    fn forward(x: [n]) -> [k, _] {
        let y = fc(x).narrow(1, 0, LENGTH);
        y.reshape([k, _])
    }
}
