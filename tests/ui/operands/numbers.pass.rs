use netdsl::prelude::*;

const SCALE: f32 = 0.5;
const WIDTH: u32 = 8;
const DEPTH: u8 = 2;
const SHIFT: i32 = -3;

mod config {
    pub const CLASSES: u16 = 3;
}

network! {
    struct Net {
        fc: Linear<4, WIDTH>,
        drop: Dropout(p = SCALE),
        blocks: [Linear<_, WIDTH>; DEPTH],
        wide: Linear<_, WIDTH * 2>,
        head: Linear<_, { config::CLASSES }>,
    }

    fn forward(x: [4]) -> [3] {
        let scale: f64 = 0.5;
        let half = 0.5;
        let y = drop(fc(x)) * SCALE / WIDTH - SHIFT;
        head(wide(blocks(y * scale * half)).reshape([WIDTH, 2]).flatten())
    }
}
