//! Paths of any length.

use crate::nets::numbers;
use netdsl::prelude::*;

network! {
    pub struct Leaf {
        pub a_projection_with_a_long_descriptive_name: Linear<_, 4>,
        pub b_projection_with_a_long_descriptive_name: Linear<_, 4>,
    }

    pub struct Stages {
        pub the_first_encoder_stage_of_the_network: Leaf,
        pub the_second_encoder_stage_of_the_network: Leaf,
    }

    pub struct Backbones {
        pub the_visual_backbone_of_the_whole_model: Stages,
        pub the_textual_backbone_of_the_whole_model: Stages,
    }

    pub struct Student {
        pub student_network_under_distillation: Backbones,
    }

    pub struct OneName {
        pub a_single_field_whose_name_is_longer_than_one_hundred_and_twenty_bytes_so_that_it_does_not_fit_what_the_compiler_keeps_of_a_path: Linear<_, 4>,
    }
}

#[test]
fn long_paths_are_kept_whole() {
    let net = network!(Student).unwrap();
    net.bind([3]).unwrap();
    assert_eq!(net.count_parameters(), 3 * 4 + 4 + 7 * (4 * 4 + 4));
    let paths: std::collections::BTreeSet<String> =
        net.parameters().into_iter().map(|own| own.path).collect();
    assert_eq!(paths.len(), 16);
    for path in &paths {
        net.parameter(path).unwrap();
    }
    assert_eq!(net.forward(numbers(&[2, 3])).unwrap().shape(), [2, 4]);
    let error = net.forward(numbers(&[2, 5])).unwrap_err();
    let Error::Shape(error) = error else {
        panic!("{error}")
    };
    assert_eq!(
        error.layer,
        "student_network_under_distillation.the_visual_backbone_of_the_whole_model.\
         the_first_encoder_stage_of_the_network.a_projection_with_a_long_descriptive_name"
    );
    assert!(
        error
            .message
            .contains("….a_projection_with_a_long_descriptive_name"),
        "{}",
        error.message
    );
}

#[test]
fn one_long_name_is_kept_whole() {
    let net = network!(OneName).unwrap();
    net.bind([3]).unwrap();
    assert_eq!(net.count_parameters(), 16);
    assert_eq!(net.parameters()[0].path.len(), "a_single_field_whose_name_is_longer_than_one_hundred_and_twenty_bytes_so_that_it_does_not_fit_what_the_compiler_keeps_of_a_path.weight".len());
    let error = net.forward(numbers(&[2, 5])).unwrap_err().to_string();
    assert!(error.contains("a_single_field_whose_name"), "{error}");
}
