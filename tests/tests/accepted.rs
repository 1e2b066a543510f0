//! What `network!` accepts: the twin `ui/<rule>/<case>.pass.rs` of each case of `rejected.rs`, and cases
//! about names and places that have no twin.

// Most networks here are only compiled.
#![allow(dead_code)]

#[path = "../ui/arithmetic/below_zero.pass.rs"]
mod arithmetic_below_zero;
#[path = "../ui/arithmetic/impossible.pass.rs"]
mod arithmetic_impossible;
#[path = "../ui/arithmetic/none_fits.pass.rs"]
mod arithmetic_none_fits;
#[path = "../ui/arithmetic/remainder.pass.rs"]
mod arithmetic_remainder;
#[path = "../ui/arithmetic/two_values.pass.rs"]
mod arithmetic_two_values;
#[path = "../ui/attention/in_another_function.pass.rs"]
mod attention_in_another_function;
#[path = "../ui/attention/masks.pass.rs"]
mod attention_masks;
#[path = "../ui/attributes/cfg.pass.rs"]
mod attributes_cfg;
#[path = "../ui/attributes/cfg_attr.pass.rs"]
mod attributes_cfg_attr;
#[path = "../ui/attributes/eager.pass.rs"]
mod attributes_eager;
#[path = "../ui/axes/batch.pass.rs"]
mod axes_batch;
#[path = "../ui/axes/beyond.pass.rs"]
mod axes_beyond;
#[path = "../ui/axes/flipped.pass.rs"]
mod axes_flipped;
#[path = "../ui/axes/joined.pass.rs"]
mod axes_joined;
#[path = "../ui/axes/kept.pass.rs"]
mod axes_kept;
#[path = "../ui/axes/layout.pass.rs"]
mod axes_layout;
#[path = "../ui/axes/long_list.pass.rs"]
mod axes_long_list;
#[path = "../ui/axes/too_many.pass.rs"]
mod axes_too_many;
#[path = "../ui/bare_parameters/argument.pass.rs"]
mod bare_parameters_argument;
#[path = "../ui/bare_parameters/joined.pass.rs"]
mod bare_parameters_joined;
#[path = "../ui/bare_parameters/not_called.pass.rs"]
mod bare_parameters_not_called;
#[path = "../ui/bare_parameters/size.pass.rs"]
mod bare_parameters_size;
#[path = "../ui/bare_parameters/untold.pass.rs"]
mod bare_parameters_untold;
#[path = "../ui/bodies/arguments.pass.rs"]
mod bodies_arguments;
#[path = "../ui/bodies/assigned.pass.rs"]
mod bodies_assigned;
#[path = "../ui/bodies/batch_as_size.pass.rs"]
mod bodies_batch_as_size;
#[path = "../ui/bodies/calls_of_pytorch.pass.rs"]
mod bodies_calls_of_pytorch;
#[path = "../ui/bodies/closures.pass.rs"]
mod bodies_closures;
#[path = "../ui/bodies/elements.pass.rs"]
mod bodies_elements;
#[path = "../ui/bodies/functions.pass.rs"]
mod bodies_functions;
#[path = "../ui/bodies/functions_of_pytorch.pass.rs"]
mod bodies_functions_of_pytorch;
#[path = "../ui/bodies/iterators.pass.rs"]
mod bodies_iterators;
#[path = "../ui/bodies/joined_apart.pass.rs"]
mod bodies_joined_apart;
#[path = "../ui/bodies/lengths_of_arrays.pass.rs"]
mod bodies_lengths_of_arrays;
#[path = "../ui/bodies/lists.pass.rs"]
mod bodies_lists;
#[path = "../ui/bodies/loops_through_tensors.pass.rs"]
mod bodies_loops_through_tensors;
#[path = "../ui/bodies/methods_of_pytorch.pass.rs"]
mod bodies_methods_of_pytorch;
#[path = "../ui/bodies/missing_operations.pass.rs"]
mod bodies_missing_operations;
#[path = "../ui/bodies/names_of_sizes.pass.rs"]
mod bodies_names_of_sizes;
#[path = "../ui/bodies/number_of_arguments.pass.rs"]
mod bodies_number_of_arguments;
#[path = "../ui/bodies/operations_as_functions.pass.rs"]
mod bodies_operations_as_functions;
#[path = "../ui/bodies/parameters_of_layers.pass.rs"]
mod bodies_parameters_of_layers;
#[path = "../ui/bodies/printing.pass.rs"]
mod bodies_printing;
#[path = "../ui/bodies/return.pass.rs"]
mod bodies_return;
#[path = "../ui/bodies/self_is_not_there.pass.rs"]
mod bodies_self_is_not_there;
#[path = "../ui/bodies/sizes_of_tensors.pass.rs"]
mod bodies_sizes_of_tensors;
#[path = "../ui/bodies/undeclared_layers.pass.rs"]
mod bodies_undeclared_layers;
#[path = "../ui/bodies/undeclared_with_sizes.pass.rs"]
mod bodies_undeclared_with_sizes;
#[path = "../ui/bodies/whole_numbers.pass.rs"]
mod bodies_whole_numbers;
#[path = "../ui/construction/constant_elsewhere.pass.rs"]
mod construction_constant_elsewhere;
#[path = "../ui/construction/contradiction.pass.rs"]
mod construction_contradiction;
#[path = "../ui/construction/inputs.pass.rs"]
mod construction_inputs;
#[path = "../ui/construction/no_size.pass.rs"]
mod construction_no_size;
#[path = "../ui/construction/no_such_network.pass.rs"]
mod construction_no_such_network;
#[path = "../ui/construction/option_twice.pass.rs"]
mod construction_option_twice;
#[path = "../ui/construction/python.pass.rs"]
mod construction_python;
#[path = "../ui/construction/several.pass.rs"]
mod construction_several;
#[path = "../ui/construction/too_large.pass.rs"]
mod construction_too_large;
#[path = "../ui/construction/unknown_option.pass.rs"]
mod construction_unknown_option;
#[path = "../ui/deferred/weight_needs_a_result.pass.rs"]
mod deferred_weight_needs_a_result;
#[path = "../ui/dimensions/as_a_number.pass.rs"]
mod dimensions_as_a_number;
#[path = "../ui/dimensions/methods.pass.rs"]
mod dimensions_methods;
#[path = "../ui/dimensions/unused.pass.rs"]
mod dimensions_unused;
#[path = "../ui/dimensions/with_a_type.pass.rs"]
mod dimensions_with_a_type;
#[path = "../ui/duplicate_names/argument_and_layer.pass.rs"]
mod duplicate_names_argument_and_layer;
#[path = "../ui/duplicate_names/layers.pass.rs"]
mod duplicate_names_layers;
#[path = "../ui/duplicate_names/networks.pass.rs"]
mod duplicate_names_networks;
#[path = "../ui/eager/around_a_network.pass.rs"]
mod eager_around_a_network;
#[path = "../ui/eager/consequences.pass.rs"]
mod eager_consequences;
#[path = "../ui/eager/construction.pass.rs"]
mod eager_construction;
#[path = "../ui/eager/in_the_result.pass.rs"]
mod eager_in_the_result;
#[path = "../ui/eager/nothing_given.pass.rs"]
mod eager_nothing_given;
#[path = "../ui/eager/several_of_one_list.pass.rs"]
mod eager_several_of_one_list;
#[path = "../ui/eager/unknown_axes.pass.rs"]
mod eager_unknown_axes;
#[path = "../ui/eager/waits.pass.rs"]
mod eager_waits;
#[path = "../ui/eager/within.pass.rs"]
mod eager_within;
#[path = "../ui/early_return/signature.pass.rs"]
mod early_return_signature;
#[path = "../ui/generics/apart_from_sizes.pass.rs"]
mod generics_apart_from_sizes;
#[path = "../ui/generics/axes_not_known.pass.rs"]
mod generics_axes_not_known;
#[path = "../ui/generics/computed_constant.pass.rs"]
mod generics_computed_constant;
#[path = "../ui/generics/constant_of_a_use.pass.rs"]
mod generics_constant_of_a_use;
#[path = "../ui/generics/kind_of_constant.pass.rs"]
mod generics_kind_of_constant;
#[path = "../ui/generics/kind_without_bound.pass.rs"]
mod generics_kind_without_bound;
#[path = "../ui/generics/mistake_without_use.pass.rs"]
mod generics_mistake_without_use;
#[path = "../ui/generics/not_a_kind.pass.rs"]
mod generics_not_a_kind;
#[path = "../ui/generics/not_inferred.pass.rs"]
mod generics_not_inferred;
#[path = "../ui/generics/option_without_number.pass.rs"]
mod generics_option_without_number;
#[path = "../ui/generics/sizes_of_a_given_kind.pass.rs"]
mod generics_sizes_of_a_given_kind;
#[path = "../ui/generics/sizes_of_a_kind.pass.rs"]
mod generics_sizes_of_a_kind;
#[path = "../ui/generics/without_bound.pass.rs"]
mod generics_without_bound;
#[path = "../ui/groups/arriving.pass.rs"]
mod groups_arriving;
#[path = "../ui/groups/heads.pass.rs"]
mod groups_heads;
#[path = "../ui/groups/inferred.pass.rs"]
mod groups_inferred;
#[path = "../ui/groups/inputs.pass.rs"]
mod groups_inputs;
#[path = "../ui/groups/outputs.pass.rs"]
mod groups_outputs;
#[path = "../ui/groups/several.pass.rs"]
mod groups_several;
#[path = "../ui/image_layout/channels_as_features.pass.rs"]
mod image_layout_channels_as_features;
#[path = "../ui/image_layout/channels_gone.pass.rs"]
mod image_layout_channels_gone;
#[path = "../ui/image_layout/channels_last.pass.rs"]
mod image_layout_channels_last;
#[path = "../ui/image_layout/channels_last_of_a_known_number.pass.rs"]
mod image_layout_channels_last_of_a_known_number;
#[path = "../ui/image_layout/declared.pass.rs"]
mod image_layout_declared;
#[path = "../ui/image_layout/families.pass.rs"]
mod image_layout_families;
#[path = "../ui/image_layout/flattened_too_early.pass.rs"]
mod image_layout_flattened_too_early;
#[path = "../ui/image_layout/in_a_list.pass.rs"]
mod image_layout_in_a_list;
#[path = "../ui/image_layout/normalised.pass.rs"]
mod image_layout_normalised;
#[path = "../ui/image_layout/part_of_features.pass.rs"]
mod image_layout_part_of_features;
#[path = "../ui/image_layout/sequence_axes.pass.rs"]
mod image_layout_sequence_axes;
#[path = "../ui/image_layout/sequence_of_embeddings.pass.rs"]
mod image_layout_sequence_of_embeddings;
#[path = "../ui/image_layout/sequences.pass.rs"]
mod image_layout_sequences;
#[path = "../ui/image_layout/unflattened.pass.rs"]
mod image_layout_unflattened;
#[path = "../ui/lists/axis_twice.pass.rs"]
mod lists_axis_twice;
#[path = "../ui/lists/batch.pass.rs"]
mod lists_batch;
#[path = "../ui/lists/expand.pass.rs"]
mod lists_expand;
#[path = "../ui/lists/expand_size.pass.rs"]
mod lists_expand_size;
#[path = "../ui/lists/max.pass.rs"]
mod lists_max;
#[path = "../ui/lists/method.pass.rs"]
mod lists_method;
#[path = "../ui/lists/no_axis.pass.rs"]
mod lists_no_axis;
#[path = "../ui/lists/of_no_list.pass.rs"]
mod lists_of_no_list;
#[path = "../ui/lists/pad_in_pairs.pass.rs"]
mod lists_pad_in_pairs;
#[path = "../ui/lists/pad_of_the_batch.pass.rs"]
mod lists_pad_of_the_batch;
#[path = "../ui/lists/reflect_cuts.pass.rs"]
mod lists_reflect_cuts;
#[path = "../ui/lists/reflect_too_far.pass.rs"]
mod lists_reflect_too_far;
#[path = "../ui/name_clash/ambiguous_names.pass.rs"]
mod name_clash_ambiguous_names;
#[path = "../ui/name_clash/fields.pass.rs"]
mod name_clash_fields;
#[path = "../ui/name_clash/network_names.pass.rs"]
mod name_clash_network_names;
#[path = "../ui/name_clash/no_prelude.pass.rs"]
mod name_clash_no_prelude;
#[path = "../ui/name_clash/own_macros.pass.rs"]
mod name_clash_own_macros;
#[path = "../ui/name_clash/own_types.pass.rs"]
mod name_clash_own_types;
#[path = "../ui/never_told/after_a_kind.pass.rs"]
mod never_told_after_a_kind;
#[path = "../ui/never_told/by_itself.pass.rs"]
mod never_told_by_itself;
#[path = "../ui/never_told/channels.pass.rs"]
mod never_told_channels;
#[path = "../ui/never_told/hidden_width.pass.rs"]
mod never_told_hidden_width;
#[path = "../ui/never_told/in_a_stack_of_a_length.pass.rs"]
mod never_told_in_a_stack_of_a_length;
#[path = "../ui/never_told/in_struct_form.pass.rs"]
mod never_told_in_struct_form;
#[path = "../ui/never_told/of_a_layer_within.pass.rs"]
mod never_told_of_a_layer_within;
#[path = "../ui/never_told/of_own_layers.pass.rs"]
mod never_told_of_own_layers;
#[path = "../ui/never_told/sum_and_product.pass.rs"]
mod never_told_sum_and_product;
#[path = "../ui/not_a_layer/a_type.pass.rs"]
mod not_a_layer_a_type;
#[path = "../ui/not_a_layer/module.pass.rs"]
mod not_a_layer_module;
#[path = "../ui/not_a_layer/no_such_name.pass.rs"]
mod not_a_layer_no_such_name;
#[path = "../ui/not_a_layer/no_such_type.pass.rs"]
mod not_a_layer_no_such_type;
#[path = "../ui/number_of_sizes/construction.pass.rs"]
mod number_of_sizes_construction;
#[path = "../ui/number_of_sizes/of_a_network.pass.rs"]
mod number_of_sizes_of_a_network;
#[path = "../ui/number_of_sizes/of_an_option.pass.rs"]
mod number_of_sizes_of_an_option;
#[path = "../ui/number_of_sizes/too_few.pass.rs"]
mod number_of_sizes_too_few;
#[path = "../ui/number_of_sizes/too_many.pass.rs"]
mod number_of_sizes_too_many;
#[path = "../ui/operands/add.pass.rs"]
mod operands_add;
#[path = "../ui/operands/cat.pass.rs"]
mod operands_cat;
#[path = "../ui/operands/images.pass.rs"]
mod operands_images;
#[path = "../ui/operands/joined_along.pass.rs"]
mod operands_joined_along;
#[path = "../ui/operands/made_by_operations.pass.rs"]
mod operands_made_by_operations;
#[path = "../ui/operands/matmul.pass.rs"]
mod operands_matmul;
#[path = "../ui/operands/no_number.pass.rs"]
mod operands_no_number;
#[path = "../ui/operands/noise.pass.rs"]
mod operands_noise;
#[path = "../ui/operands/not_transposed.pass.rs"]
mod operands_not_transposed;
#[path = "../ui/operands/numbers.pass.rs"]
mod operands_numbers;
#[path = "../ui/operands/of_any_rank.pass.rs"]
mod operands_of_any_rank;
#[path = "../ui/operands/of_several_inputs.pass.rs"]
mod operands_of_several_inputs;
#[path = "../ui/operands/one_line.pass.rs"]
mod operands_one_line;
#[path = "../ui/operands/places.pass.rs"]
mod operands_places;
#[path = "../ui/operands/residual_sum.pass.rs"]
mod operands_residual_sum;
#[path = "../ui/operands/several_as_result.pass.rs"]
mod operands_several_as_result;
#[path = "../ui/operands/several_results.pass.rs"]
mod operands_several_results;
#[path = "../ui/operands/then_unknown.pass.rs"]
mod operands_then_unknown;
#[path = "../ui/operands/typed_numbers.pass.rs"]
mod operands_typed_numbers;
#[path = "../ui/operands/vectors.pass.rs"]
mod operands_vectors;
#[path = "../ui/optional/condition.pass.rs"]
mod optional_condition;
#[path = "../ui/optional/identity.pass.rs"]
mod optional_identity;
#[path = "../ui/optional/inferred.pass.rs"]
mod optional_inferred;
#[path = "../ui/optional/parameter.pass.rs"]
mod optional_parameter;
#[path = "../ui/optional/several_arguments.pass.rs"]
mod optional_several_arguments;
#[path = "../ui/optional/without_condition.pass.rs"]
mod optional_without_condition;
#[path = "../ui/options/division_by_zero.pass.rs"]
mod options_division_by_zero;
#[path = "../ui/options/dropout.pass.rs"]
mod options_dropout;
#[path = "../ui/options/size_as_option.pass.rs"]
mod options_size_as_option;
#[path = "../ui/options/sizes_by_name.pass.rs"]
mod options_sizes_by_name;
#[path = "../ui/options/twice.pass.rs"]
mod options_twice;
#[path = "../ui/options/unknown.pass.rs"]
mod options_unknown;
#[path = "../ui/options/words_without_quotes.pass.rs"]
mod options_words_without_quotes;
#[path = "../ui/options/wrong_type.pass.rs"]
mod options_wrong_type;
#[path = "../ui/options/wrong_value.pass.rs"]
mod options_wrong_value;
#[path = "../ui/options/zero.pass.rs"]
mod options_zero;
#[path = "../ui/options/zero_given.pass.rs"]
mod options_zero_given;
#[path = "../ui/over/arguments.pass.rs"]
mod over_arguments;
#[path = "../ui/over/axes.pass.rs"]
mod over_axes;
#[path = "../ui/own_layers/helper.pass.rs"]
mod own_layers_helper;
#[path = "../ui/own_layers/helper_of_numbers.pass.rs"]
mod own_layers_helper_of_numbers;
#[path = "../ui/own_layers/not_of_any_kind.pass.rs"]
mod own_layers_not_of_any_kind;
#[path = "../ui/own_layers/operation.pass.rs"]
mod own_layers_operation;
#[path = "../ui/own_layers/parameter_asked_twice.pass.rs"]
mod own_layers_parameter_asked_twice;
#[path = "../ui/own_layers/without_a_rule.pass.rs"]
mod own_layers_without_a_rule;
#[path = "../ui/patterns/outputs_of_a_network.pass.rs"]
mod patterns_outputs_of_a_network;
#[path = "../ui/patterns/tuple.pass.rs"]
mod patterns_tuple;
#[path = "../ui/places/generic_function.pass.rs"]
mod places_generic_function;
#[path = "../ui/places/in_a_macro.pass.rs"]
mod places_in_a_macro;
#[path = "../ui/places/in_functions.pass.rs"]
mod places_in_functions;
#[path = "../ui/ranges/bounds.pass.rs"]
mod ranges_bounds;
#[path = "../ui/ranges/no_range.pass.rs"]
mod ranges_no_range;
#[path = "../ui/ranges/sizes.pass.rs"]
mod ranges_sizes;
#[path = "../ui/reshape/beside.pass.rs"]
mod reshape_beside;
#[path = "../ui/reshape/count.pass.rs"]
mod reshape_count;
#[path = "../ui/reshape/negative.pass.rs"]
mod reshape_negative;
#[path = "../ui/reshape/remainder.pass.rs"]
mod reshape_remainder;
#[path = "../ui/reshape/then_signature.pass.rs"]
mod reshape_then_signature;
#[path = "../ui/reshape/two_open.pass.rs"]
mod reshape_two_open;
#[path = "../ui/several_mistakes/after_a_wrong_layout.pass.rs"]
mod several_mistakes_after_a_wrong_layout;
#[path = "../ui/several_mistakes/exchanged_results.pass.rs"]
mod several_mistakes_exchanged_results;
#[path = "../ui/several_mistakes/follows_from_axes.pass.rs"]
mod several_mistakes_follows_from_axes;
#[path = "../ui/several_mistakes/in_two_networks.pass.rs"]
mod several_mistakes_in_two_networks;
#[path = "../ui/several_mistakes/more_than_are_told.pass.rs"]
mod several_mistakes_more_than_are_told;
#[path = "../ui/several_mistakes/of_names.pass.rs"]
mod several_mistakes_of_names;
#[path = "../ui/several_mistakes/of_one_layer.pass.rs"]
mod several_mistakes_of_one_layer;
#[path = "../ui/several_mistakes/one_wrong_width.pass.rs"]
mod several_mistakes_one_wrong_width;
#[path = "../ui/several_mistakes/skips.pass.rs"]
mod several_mistakes_skips;
#[path = "../ui/several_mistakes/then_a_residual.pass.rs"]
mod several_mistakes_then_a_residual;
#[path = "../ui/several_mistakes/three.pass.rs"]
mod several_mistakes_three;
#[path = "../ui/several_mistakes/what_keeps_its_size.pass.rs"]
mod several_mistakes_what_keeps_its_size;
#[path = "../ui/shadowing/of_another_layer.pass.rs"]
mod shadowing_of_another_layer;
#[path = "../ui/signature/argument.pass.rs"]
mod signature_argument;
#[path = "../ui/signature/argument_rank.pass.rs"]
mod signature_argument_rank;
#[path = "../ui/signature/batch.pass.rs"]
mod signature_batch;
#[path = "../ui/signature/equal_names.pass.rs"]
mod signature_equal_names;
#[path = "../ui/signature/of_a_nested_network.pass.rs"]
mod signature_of_a_nested_network;
#[path = "../ui/signature/of_a_part_that_is_wrong.pass.rs"]
mod signature_of_a_part_that_is_wrong;
#[path = "../ui/signature/of_a_return.pass.rs"]
mod signature_of_a_return;
#[path = "../ui/signature/result.pass.rs"]
mod signature_result;
#[path = "../ui/signature/result_rank.pass.rs"]
mod signature_result_rank;
#[path = "../ui/signature/several_sizes.pass.rs"]
mod signature_several_sizes;
#[path = "../ui/signature/swapped_arguments.pass.rs"]
mod signature_swapped_arguments;
#[path = "../ui/size_mismatch/channels.pass.rs"]
mod size_mismatch_channels;
#[path = "../ui/size_mismatch/computed.pass.rs"]
mod size_mismatch_computed;
#[path = "../ui/size_mismatch/constant.pass.rs"]
mod size_mismatch_constant;
#[path = "../ui/size_mismatch/depends_on_itself.pass.rs"]
mod size_mismatch_depends_on_itself;
#[path = "../ui/size_mismatch/equal_inputs.pass.rs"]
mod size_mismatch_equal_inputs;
#[path = "../ui/size_mismatch/fixed_inside_two_levels.pass.rs"]
mod size_mismatch_fixed_inside_two_levels;
#[path = "../ui/size_mismatch/forward_form.pass.rs"]
mod size_mismatch_forward_form;
#[path = "../ui/size_mismatch/in_each_block.pass.rs"]
mod size_mismatch_in_each_block;
#[path = "../ui/size_mismatch/joined_in_a_block.pass.rs"]
mod size_mismatch_joined_in_a_block;
#[path = "../ui/size_mismatch/nested.pass.rs"]
mod size_mismatch_nested;
#[path = "../ui/size_mismatch/nested_output.pass.rs"]
mod size_mismatch_nested_output;
#[path = "../ui/size_mismatch/stack.pass.rs"]
mod size_mismatch_stack;
#[path = "../ui/size_mismatch/states.pass.rs"]
mod size_mismatch_states;
#[path = "../ui/size_mismatch/struct_form.pass.rs"]
mod size_mismatch_struct_form;
#[path = "../ui/size_mismatch/two_calls.pass.rs"]
mod size_mismatch_two_calls;
#[path = "../ui/size_mismatch/two_levels.pass.rs"]
mod size_mismatch_two_levels;
#[path = "../ui/size_mismatch/written_and_called_twice.pass.rs"]
mod size_mismatch_written_and_called_twice;
#[path = "../ui/stacks/array_beside.pass.rs"]
mod stacks_array_beside;
#[path = "../ui/stacks/at_will.pass.rs"]
mod stacks_at_will;
#[path = "../ui/stacks/beyond.pass.rs"]
mod stacks_beyond;
#[path = "../ui/stacks/loop.pass.rs"]
mod stacks_loop;
#[path = "../ui/stacks/member_never_called.pass.rs"]
mod stacks_member_never_called;
#[path = "../ui/stacks/no_such_member.pass.rs"]
mod stacks_no_such_member;
#[path = "../ui/stacks/operator_in_a_loop.pass.rs"]
mod stacks_operator_in_a_loop;
#[path = "../ui/stacks/python.pass.rs"]
mod stacks_python;
#[path = "../ui/syntax/beside_networks.pass.rs"]
mod syntax_beside_networks;
#[path = "../ui/syntax/empty.pass.rs"]
mod syntax_empty;
#[path = "../ui/syntax/places_of_a_layer.pass.rs"]
mod syntax_places_of_a_layer;
#[path = "../ui/syntax/python.pass.rs"]
mod syntax_python;
#[path = "../ui/syntax/second_function.pass.rs"]
mod syntax_second_function;
#[path = "../ui/syntax/several_in_a_body.pass.rs"]
mod syntax_several_in_a_body;
#[path = "../ui/syntax/several_places.pass.rs"]
mod syntax_several_places;
#[path = "../ui/syntax/shape_with_parentheses.pass.rs"]
mod syntax_shape_with_parentheses;
#[path = "../ui/syntax/sizes_with_names.pass.rs"]
mod syntax_sizes_with_names;
#[path = "../ui/syntax/three.pass.rs"]
mod syntax_three;
#[path = "../ui/syntax/torch.pass.rs"]
mod syntax_torch;
#[path = "../ui/syntax/tuples.pass.rs"]
mod syntax_tuples;
#[path = "../ui/syntax/unfinished.pass.rs"]
mod syntax_unfinished;
#[path = "../ui/syntax/with_self.pass.rs"]
mod syntax_with_self;
#[path = "../ui/syntax/without_end.pass.rs"]
mod syntax_without_end;
#[path = "../ui/ties/axes.pass.rs"]
mod ties_axes;
#[path = "../ui/ties/bare_parameters.pass.rs"]
mod ties_bare_parameters;
#[path = "../ui/ties/circle.pass.rs"]
mod ties_circle;
#[path = "../ui/ties/forgotten_transpose.pass.rs"]
mod ties_forgotten_transpose;
#[path = "../ui/ties/inner_layer.pass.rs"]
mod ties_inner_layer;
#[path = "../ui/ties/input.pass.rs"]
mod ties_input;
#[path = "../ui/ties/kernels.pass.rs"]
mod ties_kernels;
#[path = "../ui/ties/missing_member.pass.rs"]
mod ties_missing_member;
#[path = "../ui/ties/names.pass.rs"]
mod ties_names;
#[path = "../ui/ties/parameters.pass.rs"]
mod ties_parameters;
#[path = "../ui/ties/python.pass.rs"]
mod ties_python;
#[path = "../ui/ties/sizes.pass.rs"]
mod ties_sizes;
#[path = "../ui/ties/then_signature.pass.rs"]
mod ties_then_signature;
#[path = "../ui/ties/two_of_a_layer.pass.rs"]
mod ties_two_of_a_layer;
#[path = "../ui/ties/waits_with_its_owner.pass.rs"]
mod ties_waits_with_its_owner;
#[path = "../ui/ties/weight_is_not_its_own.pass.rs"]
mod ties_weight_is_not_its_own;
#[path = "../ui/ties/within.pass.rs"]
mod ties_within;
#[path = "../ui/training/classes.pass.rs"]
mod training_classes;
#[path = "../ui/training/data.pass.rs"]
mod training_data;
#[path = "../ui/unused_branch/argument.pass.rs"]
mod unused_branch_argument;
#[path = "../ui/unused_branch/carried.pass.rs"]
mod unused_branch_carried;
#[path = "../ui/unused_branch/operation.pass.rs"]
mod unused_branch_operation;
#[path = "../ui/unused_branch/overwritten.pass.rs"]
mod unused_branch_overwritten;
#[path = "../ui/unused_branch/statement.pass.rs"]
mod unused_branch_statement;
#[path = "../ui/unused_branch/variable.pass.rs"]
mod unused_branch_variable;
#[path = "../ui/unused_layer/never_called.pass.rs"]
mod unused_layer_never_called;
#[path = "../ui/unused_layer/owner.pass.rs"]
mod unused_layer_owner;
#[path = "../ui/unused_layer/under_a_flag.pass.rs"]
mod unused_layer_under_a_flag;
#[path = "../ui/varying_inputs/adaptive_pool.pass.rs"]
mod varying_inputs_adaptive_pool;
#[path = "../ui/varying_inputs/mean_over_time.pass.rs"]
mod varying_inputs_mean_over_time;
#[path = "../ui/window_too_large/convolution.pass.rs"]
mod window_too_large_convolution;
#[path = "../ui/window_too_large/method.pass.rs"]
mod window_too_large_method;
#[path = "../ui/window_too_large/never_equal.pass.rs"]
mod window_too_large_never_equal;
#[path = "../ui/window_too_large/pool.pass.rs"]
mod window_too_large_pool;

/// Every rejected case has its twin, and every twin is compiled here.
#[test]
fn every_case_has_its_twin() {
    let here = include_str!("accepted.rs");
    let ui = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    for rule in std::fs::read_dir(ui).unwrap() {
        for case in std::fs::read_dir(rule.unwrap().path()).unwrap() {
            let case = case.unwrap().path();
            let name = case.display().to_string();
            if let Some(stem) = name.strip_suffix(".fail.rs") {
                assert!(
                    std::path::Path::new(&format!("{stem}.pass.rs")).exists(),
                    "{name} has no twin"
                );
            }
            if name.ends_with(".pass.rs") {
                let end: Vec<_> = name.rsplitn(3, '/').take(2).collect();
                assert!(
                    here.contains(&format!("ui/{}/{}", end[1], end[0])),
                    "{name} is not compiled"
                );
            }
        }
    }
}
