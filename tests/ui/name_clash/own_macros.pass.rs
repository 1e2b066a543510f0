//! The user's own macros of well-known names are not called.
#![allow(unused_macros)]
use netdsl::prelude::*;

macro_rules! stringify {
    ($($any:tt)*) => {
        compile_error!("not the user's")
    };
}
macro_rules! vec {
    ($($any:tt)*) => {
        compile_error!("not the user's")
    };
}

network! {
    struct Net<classes> {
        fc: Linear<4, classes>,
    }
}
