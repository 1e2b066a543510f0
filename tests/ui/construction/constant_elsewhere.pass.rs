use netdsl::prelude::*;

mod config {
    pub const WIDTH: usize = 5;
}

network! {
    struct Square<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }

    fn forward(x: [n]) -> [n] {
        fc(x)
    }
}

/// A constant by its bare name may be that of a generic function.
fn square<const N: usize>() -> Result<Square, netdsl::Error> {
    network!(Square<N, { N * 2 - N }>)
}

#[test]
fn of_any_width() {
    let _ = network!(Square<5, { config::WIDTH }>).unwrap();
    assert_eq!(square::<3>().unwrap().count_parameters(), 12);
    assert_eq!(square::<4>().unwrap().count_parameters(), 20);
}
