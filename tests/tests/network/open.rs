//! Sizes that stay open: `Net::UNRESOLVED`, `net.unresolved()`, `#[eager]`, `#[loaded]`.

use netdsl::prelude::*;
use netdsl::{Error, Unresolved};

fn shown(open: &[Unresolved]) -> Vec<String> {
    open.iter().map(|open| open.to_string()).collect()
}

network! {
    struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        head(fc2(fc1(x).relu()).relu())
    }

    struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 32>,
        out: Linear<_, classes>,
    }

    struct Whole {
        fc1: Linear<4, _>,
        fc2: Linear<8, 3>,
    }

    struct Hidden<width> {
        first: Linear<4, width>,
        second: Linear<_, 2 * width>,
        third: Linear<_, 5>,
    }

    struct Stacked {
        blocks: [Linear<_, 6>; 3],
    }

    struct Repeated<depth> {
        blocks: [Linear<_, 6>; depth],
    }
}

const _: () = assert!(Whole::UNRESOLVED.is_empty());

#[test]
fn the_compiler_lists_what_it_leaves_open() {
    assert_eq!(
        shown(LeNet::UNRESOLVED),
        [
            "`in_channels` of `conv1`: write a number for each `?` in the signature, `image: [?, _, _]`, or the size itself instead of `_`",
            "`in_features` of `fc1`: write a number for each `?` in the signature, `image: [_, ?, ?]`, or the size itself instead of `_`",
        ]
    );
    assert_eq!(
        shown(Mlp::UNRESOLVED),
        [
            "`in_features` of `hidden`: give a number for `inputs` where the network is built",
            "`out_features` of `out`: give a number for `classes` where the network is built",
        ]
    );
    // One open size has one entry, whatever follows from it.
    assert_eq!(
        shown(Hidden::UNRESOLVED),
        ["`out_features` of `first`: give a number for `width` where the network is built"]
    );
    assert_eq!(
        shown(Stacked::UNRESOLVED),
        ["`in_features` of `blocks.0`: write the number instead of `_`"]
    );
    let [of_depth, ..] = Repeated::UNRESOLVED else {
        panic!("the blocks are open");
    };
    assert_eq!(
        of_depth.fix(),
        "give the network's own numbers where it is built"
    );
}

#[test]
fn what_is_open_closes_with_the_network() {
    let net = network!(LeNet).unwrap();
    assert_eq!(net.unresolved().unwrap(), LeNet::UNRESOLVED);
    net.bind([1, 28, 28]).unwrap();
    assert!(net.unresolved().unwrap().is_empty());
    let net = network!(Mlp<7, _>).unwrap();
    assert_eq!(
        shown(&net.unresolved().unwrap()),
        ["`out_features` of `out`: give a number for `classes` where the network is built"]
    );
    let Err(Error::Unresolved(left)) = net.bind([7]) else {
        panic!("`classes` follows from nothing")
    };
    assert_eq!(left, net.unresolved().unwrap());
}
