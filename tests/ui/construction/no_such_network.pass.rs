use netdsl::prelude::*;

network! {
    struct Net<n> {
        fc: Linear<n, 5>,
    }
}

#[test]
fn sizes_are_whole_numbers_of_any_type() {
    const WIDE: u64 = 7;
    let (a, b, c) = (3u8, 4i32, [1, 2, 3, 4, 5]);
    let nets = [
        network!(Net<a>),
        network!(Net<b>),
        network!(Net<{ c.len() }>),
        network!(Net<{ if a > 2 { 6 } else { 0 } }>),
        network!(Net<WIDE>),
        network!(Net<{ 2 * 4 }>),
        Net::new(9),
    ];
    let widths = nets.map(|net| net.unwrap().parameter("fc.weight").unwrap().shape()[1]);
    assert_eq!(widths, [3, 4, 5, 6, 7, 8, 9]);
    let (most, negative) = (usize::MAX, -1);
    assert!(network!(Net<most>).is_err());
    assert!(network!(Net<negative>).is_err());
}
