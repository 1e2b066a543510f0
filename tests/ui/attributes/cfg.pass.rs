// A layer is left out by a condition of its own, a network with its `network!`.
use netdsl::prelude::*;

#[cfg(any(unix, windows))]
network! {
    /// Attributes reach what they stand on.
    #[derive(Clone)]
    #[must_use]
    #[allow(non_snake_case)]
    pub(crate) struct Net<const CLASSES: usize> {
        /// A field's own.
        #[allow(dead_code)]
        pub(crate) Fc: Linear<4, CLASSES>,
        norm: Option<LayerNorm<_>>(when = cfg!(windows)),
    }

    /// Of its function, too.
    #[inline]
    fn forward(x: [4]) -> [CLASSES] {
        norm(Fc(x))
    }
}

#[cfg(all(unix, windows))]
network! {
    struct Never {
        fc: NoSuchLayer,
    }
}

#[test]
fn absent_where_it_is_configured_away() {
    let net = network!(Net::<3>).unwrap().clone();
    assert_eq!(net.norm.is_some(), cfg!(windows));
}
