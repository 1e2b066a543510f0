//! A variational autoencoder with one wrong width, which is wrong in the sum and in the signature.
use netdsl::prelude::*;

network! {
    struct Vae {
        encoder: Linear<_, 128>,
        mean: Linear<_, 16>,
        log_var: Linear<_, 15>,
        decoder: Linear<_, 784>,
    }

    fn forward(x: [784], noise: [16]) -> ([784], [16], [16]) {
        let h = encoder(x).relu();
        let (mean, log_var) = (mean(h), log_var(h));
        let z = mean + (log_var * 0.5).exp() * noise;
        (decoder(z), mean, log_var)
    }
}

fn main() {}
