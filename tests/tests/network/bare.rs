//! Parameters of a network's own.

use crate::nets::{TempFile, bits, numbers, write_zeros};
use ndarray::{Axis, array};
use netdsl::prelude::*;
use netdsl::train::{Adam, MseLoss, Trainer};

network! {
    struct Scaled {
        fc: Linear<_, 8>,
        gamma: Parameter<[_]>(value = 1e-6),
    }

    fn forward(x: [_, 8]) -> [_, 8] {
        x + fc(x) * gamma()
    }

    /// As in timm, with axes for the batch.
    struct Vit<tokens> {
        embed: Linear<_, 8>,
        cls_token: Parameter<[1, 1, 8]>(std = 0.02),
        pos_embed: Parameter<[1, tokens, _]>(std = 0.02),
        blocks: [Scaled; 2],
        queries: Parameter<[3, 8]>(std = 1.0),
        pool: MultiheadAttention<8, 2>,
        head: Linear<_, 4>,
        logit_scale: Parameter<[]>(value = 2.5),
    }

    fn forward(patches: [_, _]) -> [3, 4] {
        let x = cat([cls_token().squeeze(0), embed(patches)], 1) + pos_embed().squeeze(0);
        let x = blocks(x);
        let (x, _weights) = pool(queries().for_each_sample(x), x, x);
        head(x) * logit_scale().exp()
    }
}

const NAMES: [(&str, &[usize]); 12] = [
    ("embed.weight", &[8, 6]),
    ("embed.bias", &[8]),
    ("cls_token", &[1, 1, 8]),
    ("pos_embed", &[1, 6, 8]),
    ("blocks.0.fc.weight", &[8, 8]),
    ("blocks.0.fc.bias", &[8]),
    ("blocks.0.gamma", &[8]),
    ("blocks.1.fc.weight", &[8, 8]),
    ("blocks.1.fc.bias", &[8]),
    ("blocks.1.gamma", &[8]),
    ("queries", &[3, 8]),
    ("logit_scale", &[]),
];

#[test]
fn names_are_those_of_the_fields() -> Result<(), Error> {
    let net = network!(Vit<_>)?;
    let open = net
        .parameters()
        .into_iter()
        .find(|info| info.path == "pos_embed");
    assert_eq!(open.unwrap().shape, [Some(1), None, Some(8)]);
    net.forward(numbers(&[2, 5, 6]))?;
    for (name, shape) in NAMES {
        assert_eq!(net.parameter(name)?.shape(), shape, "{name}");
    }
    assert_eq!(net.parameters().len(), NAMES.len() + 6);
    assert_eq!(
        net.blocks[1].gamma.value(),
        &ndarray::ArrayD::from_elem(&[8][..], 1e-6)
    );
    assert!((net.parameter("pos_embed")?.std(0.0) - 0.02).abs() < 0.005);
    // A token more than there are positions for.
    let error = net.forward(numbers(&[2, 6, 6])).unwrap_err().to_string();
    assert!(error.contains("pos_embed"), "{error}");
    Ok(())
}

#[test]
fn the_same_seed_draws_them_alike_however_their_sizes_are_told() -> Result<(), Error> {
    let (late, early) = (network!(Vit<_>, seed = 3)?, network!(Vit<6>, seed = 3)?);
    early.bind([5, 6])?;
    late.forward(numbers(&[1, 5, 6]))?;
    assert_eq!(bits(&late), bits(&early));
    assert_ne!(
        bits(&late),
        bits(&{
            let other = network!(Vit<6>, seed = 4)?;
            other.bind([5, 6])?;
            other
        })
    );
    Ok(())
}

#[test]
fn they_are_trained_saved_frozen_and_loaded() -> Result<(), Error> {
    let (mut net, file) = (network!(Vit<6>, seed = 3)?, TempFile::new("bare"));
    net.bind([5, 6])?;
    net.freeze("cls_token")?;
    let before = (
        net.parameter("cls_token")?.to_owned(),
        net.parameter("queries")?.to_owned(),
    );
    let mut trainer = Trainer::new(MseLoss::default(), Adam::new(1e-2))?;
    trainer.step(&mut net, numbers(&[2, 5, 6]), numbers(&[2, 3, 4]))?;
    assert_eq!(net.parameter("cls_token")?, before.0);
    assert_ne!(net.parameter("queries")?, before.1);
    net.save(&file)?;
    let mut other = network!(Vit<_>)?;
    other.load(&file)?;
    assert_eq!(bits(&other), bits(&net));
    let x = numbers(&[2, 5, 6]);
    assert_eq!(other.forward(&x)?, net.forward(&x)?);
    Ok(())
}

#[test]
fn a_file_of_pytorch_tells_their_sizes() -> Result<(), Error> {
    let file = TempFile::new("bare-names");
    let attention: [(&str, &[usize]); 6] = [
        ("pool.in_proj_weight", &[24, 8]),
        ("pool.in_proj_bias", &[24]),
        ("pool.out_proj.weight", &[8, 8]),
        ("pool.out_proj.bias", &[8]),
        ("head.weight", &[4, 8]),
        ("head.bias", &[4]),
    ];
    let all: Vec<_> = NAMES.into_iter().chain(attention).collect();
    write_zeros(&file, &all);
    let mut net = network!(Vit<_>)?;
    net.load(&file)?;
    assert_eq!(net.parameter("pos_embed")?.sum(), 0.0);
    assert_eq!(net.forward(numbers(&[1, 5, 6]))?.sum(), 0.0);
    let mut wrong = network!(Vit<7>)?;
    let error = wrong.load(&file).unwrap_err().to_string();
    assert!(
        error.contains("pos_embed") && error.contains('7') && error.contains('6'),
        "{error}"
    );
    Ok(())
}

network! {
    struct Joined {
        row: Parameter<[_]>,
        rows: Parameter<[2, 3]>(value = 2.0),
    }

    fn forward(x: [_, 3], y: [3]) -> ([_, 3], [_, 3], [_, 3]) {
        (cat([rows(), x, rows()], 1), stack([y, row()], 1), cat([x, rows() * 2.0], -2))
    }
}

#[test]
fn joining_repeats_them_for_each_sample() -> Result<(), Error> {
    let net = network!(Joined)?;
    for batch in [1, 3] {
        let (x, y) = (numbers(&[batch, 4, 3]), numbers(&[batch, 3]));
        let (around, two, after) = net.forward(&x, &y)?;
        assert_eq!(around.shape(), [batch, 8, 3]);
        assert_eq!(around.slice_axis(Axis(1), (2..6).into()), x);
        assert!(
            around
                .slice_axis(Axis(1), (6..8).into())
                .iter()
                .all(|&x| x == 2.0)
        );
        assert_eq!(two.shape(), [batch, 2, 3]);
        assert_eq!(two.index_axis(Axis(1), 0), y);
        assert_eq!(two.index_axis(Axis(1), 1).sum(), 0.0);
        assert_eq!(after.slice_axis(Axis(1), (..4).into()), x);
        assert!(
            after
                .slice_axis(Axis(1), (4..).into())
                .iter()
                .all(|&x| x == 4.0)
        );
    }
    Ok(())
}

network! {
    struct Spread {
        fc: Linear<_, 3>,
    }

    fn forward(x: [2], y: [t, 1]) -> ([3, _], [t, 2]) {
        (fc(x).unsqueeze(2).expand([_, 2]), y.expand([t, 2]))
    }
}

#[test]
fn axes_of_one_expand() -> Result<(), Error> {
    let net = network!(Spread)?;
    let y = array![[[1.0], [2.0], [3.0]]];
    let (three, two) = net.forward(array![[1.0, 2.0]], y)?;
    assert_eq!(three.shape(), [1, 3, 2]);
    assert_eq!(three.index_axis(Axis(2), 0), three.index_axis(Axis(2), 1));
    assert_eq!(two, array![[[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]].into_dyn());
    Ok(())
}

network! {
    struct Prompts {
        prompts: [Parameter<[_, 2]>; 3],
        gamma: Parameter<[2]>,
    }

    fn forward(x: [3, 2]) -> [3, 2] {
        let mut x = x + prompts[0]();
        for prompt in prompts {
            x = x + prompt();
        }
        x * gamma()
    }
}

#[test]
fn they_start_as_is_said_and_stand_in_stacks() -> Result<(), Error> {
    let mut net = network!(Prompts)?;
    net.initialize("prompts.1", Init::Ones)?;
    net.initialize_kind("Parameter", "", Init::Constant(2.0))?;
    net.apply(|path, module| {
        if path == "gamma" {
            assert_eq!(module.parameter_names(), [""]);
            module.initialize("", Init::Constant(0.5))?;
        }
        Ok::<(), Error>(())
    })?;
    let file = TempFile::new("bare-start");
    net.save(&file)?;
    let mut other = network!(Prompts)?;
    other.load(&file)?;
    for net in [net, other] {
        net.bind([3, 2])?;
        let names: Vec<String> = net.parameters().into_iter().map(|info| info.path).collect();
        assert_eq!(names, ["prompts.0", "prompts.1", "prompts.2", "gamma"]);
        assert_eq!(net.prompts[2].value().shape(), [3, 2]);
        let y = net.forward(array![[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]])?;
        assert_eq!(y, array![[[4.0, 4.5], [5.0, 5.5], [6.0, 6.5]]].into_dyn());
    }
    Ok(())
}

#[test]
fn one_that_does_not_fit_a_file_is_left_out_by_its_name() -> Result<(), Error> {
    let file = TempFile::new("bare-partial");
    let net = network!(Vit<6>)?;
    net.bind([5, 6])?;
    net.save(&file)?;
    let mut longer = network!(Vit<9>)?;
    longer.bind([8, 6])?;
    let error = longer.load(&file).unwrap_err().to_string();
    assert!(error.contains("name != \"pos_embed\""), "{error}");
    Ok(())
}

#[test]
fn what_an_input_has_bound_is_told_of_a_later_one() -> Result<(), Error> {
    network! {
        struct Positions {
            pos: Parameter<[_, 4]>(std = 1.0),
        }

        fn forward(x: [steps, 4]) -> [steps, 4] {
            x + pos()
        }
    }
    network! {
        struct Written {
            pos: Parameter<[5, 4]>(std = 1.0),
            scale: Parameter<[_]>(value = 1.0),
        }

        fn forward(x: [_, _], width: [_]) -> [_, 4] {
            x.mean(1).unsqueeze(1) + pos() + (width * scale()).unsqueeze(1)
        }
    }
    let mut net = network!(Positions)?;
    net.forward(numbers(&[2, 5, 4]))?;
    let longer = net.forward(numbers(&[2, 6, 4])).unwrap_err().to_string();
    let (first, rest) = longer.split_once('\n').unwrap();
    assert!(
        first.ends_with("the input has 6 and `pos` was bound to 5"),
        "{longer}"
    );
    for part in [
        "`rebind`",
        "it was bound by the first input, a batch of samples [5, 4]",
    ] {
        assert!(rest.contains(part), "{longer}");
    }
    net.rebind([6, 4])?;
    net.forward(numbers(&[2, 6, 4]))?;

    // What is written was bound by nobody.
    let net = network!(Written)?;
    net.bind_all(&[&[5, 4], &[4]])?;
    let wider = net.probe_all(&[&[5, 3], &[4]]).unwrap_err().to_string();
    assert!(!wider.contains("bound"), "{wider}");
    Ok(())
}
