use netdsl::prelude::*;

struct Odd;
const ODD: Odd = Odd;

network! {
    struct Net {
        fc: Linear<4, 8>,
    }

    fn forward(x: [4]) -> [8] {
        let scale: f32 = 0.5;
        let y = fc(x) * scale;
        y + ODD
    }
}

fn main() {}
