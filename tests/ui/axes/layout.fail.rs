use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 17>,
    }

    fn forward(x: [4]) -> (_, _, _, _, _, _, _) {
        let y = fc(x);
        let narrow = y.narrow(1, 10, 9);
        let squeezed = y.squeeze(1);
        let permuted = y.permute([0, 1, 2]);
        let short = y.permute([0]);
        let batch = y.unsqueeze(0);
        let picked = y.select_index(1, 17);
        let [half, _rest] = y.chunk(1);
        (narrow, squeezed, permuted, short, batch, picked, half)
    }
}

fn main() {}
