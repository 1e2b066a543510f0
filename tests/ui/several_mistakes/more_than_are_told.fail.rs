use netdsl::prelude::*;

network! {
    struct Net {
        l0: Linear<5, 4>,
        l1: Linear<3, 4>,
        l2: Linear<3, 4>,
        l3: Linear<3, 4>,
        l4: Linear<3, 4>,
        l5: Linear<3, 4>,
        l6: Linear<3, 4>,
        l7: Linear<3, 4>,
        l8: Linear<3, 4>,
        l9: Linear<3, 4>,
        l10: Linear<3, 4>,
        l11: Linear<3, 4>,
    }
}

fn main() {}
