//! The modules that a state dict is of, as its names and shapes tell them.

/// A module with parameters, or a parameter that is in no module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its path in the state dict.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The shape of its weight.
    pub shape: Vec<usize>,
    /// Whether it has a bias.
    pub bias: bool,
}

/// What a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A convolution over images, transposed or not: the shape alone does not tell.
    Conv,
    /// A linear map or a table of embeddings.
    Matrix,
    BatchNorm,
    LayerNorm,
    Lstm {
        layers: usize,
        directions: usize,
    },
    /// A layer of a transformer's encoder.
    Encoder,
    /// A parameter or a buffer by itself.
    Bare,
}

/// The modules of a state dict, in its order.
pub fn modules(state: &[(String, Vec<usize>)]) -> Vec<Module> {
    let encoders: Vec<&str> = state
        .iter()
        .filter_map(|(name, _)| name.strip_suffix("self_attn.in_proj_weight"))
        .collect();
    let mut found: Vec<Module> = Vec::new();
    for (name, shape) in state {
        let encoder = encoders.iter().find(|encoder| name.starts_with(**encoder));
        let (path, last) = match encoder {
            Some(encoder) => (encoder.trim_end_matches('.'), &name[encoder.len()..]),
            None => name.rsplit_once('.').unwrap_or(("", name)),
        };
        let of_module = encoder.is_some()
            || last.starts_with("weight")
            || last.starts_with("bias")
            || last.starts_with("running_")
            || last == "num_batches_tracked";
        let path = if of_module { path } else { name.as_str() };
        let known = found.iter_mut().find(|module| module.path == path);
        match known {
            Some(module) => extend(module, last, shape),
            None => found.push(Module {
                path: path.to_owned(),
                kind: match (encoder, shape.len()) {
                    (Some(_), _) => Kind::Encoder,
                    _ if !of_module => Kind::Bare,
                    _ if last.starts_with("weight_ih_l") => Kind::Lstm {
                        layers: 1,
                        directions: 1,
                    },
                    (_, 4) => Kind::Conv,
                    (_, 2) => Kind::Matrix,
                    (_, 1) => Kind::LayerNorm,
                    _ => Kind::Bare,
                },
                shape: shape.clone(),
                bias: false,
            }),
        }
    }
    found
}

/// Takes another name of a module into account.
fn extend(module: &mut Module, last: &str, shape: &[usize]) {
    if last == "running_mean" {
        module.kind = Kind::BatchNorm;
    }
    if let Kind::Lstm { layers, directions } = &mut module.kind
        && last.starts_with("weight_ih_l")
    {
        match last.ends_with("_reverse") {
            true => *directions = 2,
            false => *layers += 1,
        }
    }
    if module.kind == Kind::Encoder && last == "self_attn.in_proj_weight" {
        module.shape = shape.to_vec();
    }
    module.bias |= last.contains("bias");
}

impl Module {
    /// The last part of its path: `conv1`.
    pub fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or("")
    }

    /// 1 with a bias, 0 without one.
    pub fn biased(&self) -> usize {
        usize::from(self.bias)
    }

    /// Whether a convolution that gets so many channels is a transposed one; where both fit, the path tells.
    pub fn is_transposed(&self, channels: usize) -> bool {
        let says = ["dec", "up", "trans", "convt", "tconv"];
        let path = self.path.to_lowercase();
        match (self.shape[1] == channels, self.shape[0] == channels) {
            (false, true) => true,
            (true, true) => says.iter().any(|word| path.contains(word)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_shapes_tell_modules() {
        let state = [
            ("cls_token", vec![1, 1, 4]),
            ("emb.weight", vec![9, 4]),
            ("lstm.weight_ih_l0", vec![12, 4]),
            ("lstm.bias_ih_l0", vec![12]),
            ("lstm.weight_ih_l0_reverse", vec![12, 4]),
            ("lstm.weight_ih_l1", vec![12, 6]),
            ("enc.0.self_attn.in_proj_weight", vec![12, 4]),
            ("enc.0.norm2.bias", vec![4]),
            ("norm.weight", vec![4]),
            ("bn.weight", vec![4]),
            ("bn.running_mean", vec![4]),
            ("conv.weight", vec![8, 3, 5, 5]),
            ("conv.bias", vec![8]),
        ];
        let state = state.map(|(name, shape)| (name.to_owned(), shape));
        let found: Vec<_> = modules(&state)
            .into_iter()
            .map(|module| (module.path, module.kind, module.bias))
            .collect();
        let lstm = Kind::Lstm {
            layers: 2,
            directions: 2,
        };
        let wanted = [
            ("cls_token", Kind::Bare, false),
            ("emb", Kind::Matrix, false),
            ("lstm", lstm, true),
            ("enc.0", Kind::Encoder, true),
            ("norm", Kind::LayerNorm, false),
            ("bn", Kind::BatchNorm, false),
            ("conv", Kind::Conv, true),
        ];
        assert_eq!(
            found,
            wanted.map(|(path, kind, bias)| (path.to_owned(), kind, bias))
        );
    }
}
