//! A network of which nothing may wait is one within another network, too.
use netdsl::prelude::*;

network! {
    #[eager]
    struct Encoder<inputs> {
        fc: Linear<inputs, 3>,
    }

    struct Net {
        encoder: Encoder<_>,
        out: Linear<_, 2>,
        late: Linear<_, 2>,
    }

    fn forward(x: [7], y: [_]) -> [2] {
        out(encoder(x)) + late(y)
    }

    struct Sized<width> {
        encoder: Encoder<width>,
    }
}

#[test]
fn nothing_waits_in_it() {
    let net = network!(Net).unwrap();
    assert!(net.encoder.is_bound() && !net.late.is_bound());
    assert!(network!(Sized<5>).unwrap().is_bound());
    let error = Sized::new(Arg::OPEN).unwrap_err().to_string();
    assert!(error.contains("`width`"), "{error}");
}
