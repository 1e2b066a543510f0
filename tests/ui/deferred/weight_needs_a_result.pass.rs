use netdsl::prelude::*;

network! {
    struct Net {
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
    }
}

#[test]
fn the_inferred_layer_is_there_and_the_other_says_what_it_waits_for() {
    let net = network!(Net).unwrap();
    assert_eq!(net.fc2.weight().shape(), [84, 120]);
    assert!(net.fc1.get().is_err());
    net.bind([7]).unwrap();
    assert_eq!(net.fc1.get().unwrap().weight().shape(), [120, 7]);
}
