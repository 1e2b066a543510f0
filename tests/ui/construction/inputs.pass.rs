use netdsl::prelude::*;

network! {
    struct Sum {
        left: Linear<3, 4>,
        right: Linear<3, 4>,
    }

    fn forward(a: [3], b: [3]) -> [4] {
        left(a) + right(b)
    }
}

pub fn main() {
    let net = network!(Sum).unwrap();
    let a = ndarray::Array2::<f32>::zeros((2, 3));
    assert!(net.forward(&a, &a).is_ok());
}
