use netdsl::prelude::*;

network! {
    struct Net<n> {
        fc: Linear<n, 5>,
    }
}

struct Odd;

fn main() {
    let _ = network!(Mlp<3>);
    let n = Odd;
    let _ = network!(Net<n>);
}
