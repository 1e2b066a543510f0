use netdsl::prelude::*;

network! {
    struct Net {
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
    }
}

fn main() {
    let net = network!(Net).unwrap();
    println!("{:?}", net.fc2.weight().shape());
    println!("{:?}", net.fc1.weight().shape());
}
