use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 16>,
        head: Linear<n, 3>,
    }

    fn forward(x: [4]) -> [4, 3] {
        head(fc(x).reshape([4, n]))
    }
}
