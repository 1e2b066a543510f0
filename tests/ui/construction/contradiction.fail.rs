use netdsl::prelude::*;

network! {
    struct Square<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }

    fn forward(x: [n]) -> [n] {
        fc(x)
    }
}

fn main() {
    let _ = network!(Square<20, 10>);
}
