//! A network is built by its name, its sizes, and options with names.
use netdsl::prelude::*;

network! {
    struct Net<inputs> {
        fc: Linear<inputs, 4>,
    }
}

fn main() {
    let _ = network!(Net<3>, 7);
    let _ = network!(Net<3>, f64);
    let _ = network!(Net(3), seed = 7);
    let _ = network!(Net::new(3));
    let _ = network!(Net { inputs: 3 });
    let _ = network!(Net<inputs = 3>);
    let _ = network!(Net<f64>);
    let _ = network!(Net<3>, dtype = "f64");
    let _ = network!(Net<3>, dtype = f16);
    let _ = network!(class Other { fc: Linear<3, 4> });
}
