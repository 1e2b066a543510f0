use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 18>,
    }

    fn forward(x: [4]) -> (_, _, _, _, _, _, _) {
        let y = fc(x);
        let narrow = y.narrow(1, 10, 8);
        let squeezed = y.unsqueeze(1).squeeze(1);
        let permuted = y.unsqueeze(1).permute([0, 2, 1]);
        let short = y.permute([0, 1]);
        let batch = y.unsqueeze(1);
        let picked = y.select_index(1, 16);
        let [half, _rest] = y.chunk(1);
        (narrow, squeezed, permuted, short, batch, picked, half)
    }
}
