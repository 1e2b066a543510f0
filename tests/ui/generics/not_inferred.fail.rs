use netdsl::prelude::*;

network! {
    struct Net<const WIDTH: usize> {
        fc: Linear<_, WIDTH>,
    }
}

fn main() {
    network!(Net::<_>).unwrap();
}
