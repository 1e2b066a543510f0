//! A skip connection of the wrong height is one mistake: what comes of it in the layers after it is quiet.
use netdsl::prelude::*;

network! {
    struct Counted {
        down: [Conv2d<_, 8, 3>(padding = 1, stride = 2); 3],
        up: [ConvTranspose2d<_, 8, 2>(stride = 2); 2],
        out: Conv2d<_, 1, 1>,
    }

    fn forward(x: [3, 64, 64]) -> [1, 32, 32] {
        let mut x = x;
        let mut skips = [x; 3];
        for (i, layer) in down.iter().enumerate() {
            x = layer(x);
            skips[i] = x;
        }
        for (i, layer) in up.iter().enumerate() {
            x = cat([layer(x), skips[2 - i]], 1);
        }
        out(x)
    }

    struct Swapped {
        a: Conv2d<1, 8, 3>(padding = 1),
        b: Conv2d<_, 16, 3>(padding = 1),
        c: Conv2d<_, 32, 3>(padding = 1),
        up: [ConvTranspose2d<_, 8, 2>(stride = 2); 2],
        out: Conv2d<_, 1, 1>,
    }

    fn forward(x: [1, 32, 32]) -> [1, 32, 32] {
        let a = a(x);
        let b = b(a.max_pool2d(2));
        let c = c(b.max_pool2d(2));
        let y = cat([up[0](c), a], 1);
        out(cat([b, up[1](y)], 1))
    }

    struct Up<channels> {
        grow: ConvTranspose2d<_, channels, 2>(stride = 2),
        conv: Conv2d<_, channels, 3>(padding = 1),
    }

    fn forward(x: [_, _, _], skip: [_, _, _]) -> [channels, _, _] {
        conv(cat([grow(x), skip], 1))
    }

    struct Unpadded {
        a: Conv2d<1, 8, 3>,
        b: Conv2d<_, 16, 3>,
        c: Conv2d<_, 32, 3>,
        up1: Up<16>,
        up2: Up<8>,
    }

    fn forward(x: [1, 32, 32]) -> [8, 32, 32] {
        let a = a(x);
        let b = b(a.max_pool2d(2));
        let c = c(b.max_pool2d(2));
        up2(up1(c, b), a)
    }
}

fn main() {}
