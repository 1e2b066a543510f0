use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 8, 3>,
        fc1: Linear<_, 16>,
        fc2: Linear<_, 2>,
    }

    fn forward(x: [3, 10, 10]) -> [2] {
        let y = conv(x).relu().max_pool2d(2);
        let y = fc1(y.flatten()).relu();
        fc2(y.softmax(1)).dropout(0.5)
    }
}

network! {
    struct Clamped {
        fc: Linear<_, 4>,
    }

    fn forward(x: [4]) -> [4] {
        fc(x) * x.clamp(-1.0, 1.0)
    }
}

/// Functions of these names that are there: the compiler would tell a width of 5.
mod own {
    use netdsl::prelude::*;

    pub mod others {
        use netdsl::prelude::*;

        network! {
            pub fn softmax(x: Tensor, steps: f64) -> Tensor {
                cat([x, x * steps], 1)
            }

            pub fn fc2(x: Tensor) -> Tensor {
                cat([x, x], 1)
            }
        }
    }

    use others::fc2 as fc4;
    use others::*;

    const fn relu<'t>(x: Tensor<'t>) -> Tensor<'t> {
        fc2(x)
    }

    network! {
        fn max(x: Tensor, y: Tensor) -> Tensor {
            cat([x, y], 1)
        }

        struct Net {
            fc1: Linear<3, 1>,
        }

        fn forward(x: [3]) -> [11] {
            const fn gelu<'t>(x: Tensor<'t>) -> Tensor<'t> {
                x.square()
            }
            let y = softmax(fc4(fc2(fc1(x))), 2.0);
            max(relu(gelu(fc1(x))), cat([y, fc1(x)], 1))
        }
    }

    mod within {
        use super::*;

        network! {
            struct Net {
                fc1: Linear<3, 1>,
            }

            fn forward(x: [3]) -> [4] {
                fc2(relu(fc1(x)))
            }
        }
    }
}

fn main() {}
