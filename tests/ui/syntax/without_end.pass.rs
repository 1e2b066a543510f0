use netdsl::prelude::*;

network! {
    struct Tree {
        fc: Linear<_, 4>,
        branch: Branch,
    }

    struct Branch {
        twigs: [Twig; 2],
    }

    struct Twig {
        fc: Linear<_, 4>,
    }
}

network! {
    struct Forever {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let mut x = x;
        for _ in 0..3 {
            x = fc(x);
        }
        x
    }
}
