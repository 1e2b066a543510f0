use netdsl::prelude::*;

network! {
    struct Net<const STEPS: usize, n> {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let mut all = [x; STEPS];
        let more = [x; n + 1];
        all[0] = fc(x).view([2, 2]).view([4]);
        all[0] + more[0]
    }
}

fn main() {}
