use netdsl::prelude::*;

network! {
    struct Net {
        l0: Linear<5, 3>,
        l1: Linear<3, 3>,
        l2: Linear<3, 3>,
        l3: Linear<3, 3>,
        l4: Linear<3, 3>,
        l5: Linear<3, 3>,
        l6: Linear<3, 3>,
        l7: Linear<3, 3>,
        l8: Linear<3, 3>,
        l9: Linear<3, 3>,
        l10: Linear<3, 3>,
        l11: Linear<3, 3>,
    }
}
