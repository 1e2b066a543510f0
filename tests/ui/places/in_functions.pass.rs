//! Networks within functions, several at once, and under strict lints.
#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
use netdsl::network;

#[test]
fn one_in_each_function() {
    fn first() -> usize {
        network! {
            struct Net {
                fc: netdsl::layer::Linear<2, 3>,
            }
        }
        netdsl::Network::count_parameters(&network!(Net).unwrap())
    }
    fn second() -> usize {
        use netdsl::prelude::*;
        network! {
            struct Net {
                fc: Linear<2, 3>(bias = false),
            }
            struct Outer {
                net: Net,
                fc: Linear<_, 1>,
            }
        }
        network!(Outer).unwrap().count_parameters()
    }
    assert_eq!((first(), second()), (9, 10));
}

#[test]
fn a_construction_from_variables() {
    use netdsl::prelude::*;
    network! {
        struct Mlp<inputs, classes> {
            hidden: Linear<inputs, 8>,
            out: Linear<_, classes>,
        }
    }
    let classes = 3_usize;
    let net = network!(Mlp<_, classes>, seed = 5).unwrap();
    assert!(!net.is_bound());
    assert!(Mlp::new(4, classes).unwrap().is_bound());
}
