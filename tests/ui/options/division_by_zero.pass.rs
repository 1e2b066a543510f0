//! A size divided by 2.

use netdsl::prelude::*;

network! {
    struct Halved<n> {
        fc: Linear<{ n / 2 }, 4>,
    }
}

#[test]
fn runs() -> Result<(), Error> {
    assert_eq!(network!(Halved<8>)?.parameter("fc.weight")?.shape(), [4, 4]);
    Ok(())
}
