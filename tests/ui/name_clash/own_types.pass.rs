//! The names that generated code might lean on are the user's own here.
use netdsl::network;

pub struct Tensor;
pub struct Scope;
pub struct Arg;
pub struct Layer;
pub struct Deferred;
pub struct Part;
pub struct Element;
pub struct Input;
pub struct Core;
pub struct Error;
pub struct Result;
pub struct Option;
pub struct Vec;
pub struct String;
pub struct Box;
pub struct Some;
pub struct None;
pub struct Ok;
pub struct Err;
pub struct Self_;
pub struct D;
pub struct S;
pub struct N;
pub struct P;
pub struct T;
pub trait FnMut {}
pub trait Default {}
pub trait Into {}
pub trait Clone {}
pub trait Copy {}
pub trait Network {}
pub trait Module {}

pub mod core {}
pub mod std {}
pub mod ndarray {}

network! {
    struct Net<classes> {
        conv: netdsl::layer::Conv2d<_, 4, 3>,
        flatten: netdsl::layer::Flatten,
        fc: ::netdsl::layer::Linear<_, classes>,
    }
}

network! {
    struct Outer {
        parts: [Net<5>; 1],
    }

    fn forward(image: [_, 5, 5]) -> ([5], _) {
        let y = parts(image);
        (y.relu(), -y)
    }
}

#[test]
fn runs() {
    use netdsl::Network;
    let net = network!(Outer).expect("sizes fit");
    net.bind([1, 5, 5]).expect("sizes fit");
    assert!(net.is_bound());
}
