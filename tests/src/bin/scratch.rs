//! scratch
#![allow(missing_docs)]
use netdsl::prelude::*;
network! {
    /// Doc.
    pub struct Mlp<inputs, classes> {
        hidden: Linear<inputs, 256>,
        act: Relu,
        out: Linear<_, classes>,
    }
}
network! {
    /// LeNet-5.
    pub struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
        head: Linear<_, 10>,
    }
    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        let x = fc1(x).relu();
        head(fc2(x).relu())
    }
}
network! {
    pub struct Residual<channels> {
        conv1: Conv2d<_, channels, 3>(padding = 1, bias = false),
        norm1: BatchNorm2d<_>,
        conv2: Conv2d<_, channels, 3>(padding = 1, bias = false),
        norm2: BatchNorm2d<_>,
    }
    fn forward(x: [channels, _, _]) -> [channels, _, _] {
        let h = norm1(conv1(x)).relu();
        (norm2(conv2(h)) + x).relu()
    }
}
network! {
    pub struct Autoencoder {
        encode: Linear<_, 32>,
        decode: Linear<32, _>,
    }
    fn forward(x: [n]) -> [n] { decode(encode(x).relu()) }
}
network! {
    pub struct Res {
        stem: Conv2d<_, 64, 3>(padding = 1),
        blocks: [Residual<64>; 3],
        head: Linear<_, 10>,
    }
    fn forward(x: [_, _, _]) -> [10] { head(blocks(stem(x)).adaptive_avg_pool2d(1).flatten()) }
}
fn main() -> Result<(), Error> {
    let net = network!(LeNet)?;
    println!("{net}");
    println!("{}", net.fc2.weight().len());
    println!("{:?}", net.fc1.get().map(|l| l.weight().len()));
    println!("{}", net.probe([1, 28, 28])?);
    net.bind([1, 28, 28])?;
    println!("{net}");
    let mlp = network!(Mlp<20, 10>)?;
    println!("{mlp}");
    let n = 7;
    let mlp = network!(Mlp<_, n>)?;
    println!("{mlp}");
    println!("{}", network!(Autoencoder)?);
    let r = network!(Res)?;
    println!("{}", r.probe([3, 32, 32])?);
    Ok(())
}
