use netdsl::prelude::*;

network! {
    struct Net {
        encode: Linear<_, 32>,
        decode: Linear<_, 8>(weight = encode.weight.t()),
    }

    fn forward(x: [8]) -> [8] {
        decode(encode(x))
    }

    struct NotTurned {
        encode: Linear<_, 32>,
        decode: Linear<_, _>(weight = encode.weight.t()),
        last: Linear<8, 2>,
    }

    fn forward(x: [8]) -> [2] {
        last(decode(encode(x)))
    }

    struct Sum {
        a: Linear<8, 16>,
        b: Linear<8, 16>(weight = a.weight),
    }

    fn forward(x: [8]) -> [16] {
        a(x) + b(x)
    }
}

fn main() -> Result<(), netdsl::Error> {
    let x = ndarray::Array2::zeros((3, 8));
    assert_eq!(network!(Net)?.forward(&x)?.shape(), [3, 8]);
    assert_eq!(network!(NotTurned)?.forward(&x)?.shape(), [3, 2]);
    assert_eq!(network!(Sum)?.forward(&x)?.shape(), [3, 16]);
    Ok(())
}
