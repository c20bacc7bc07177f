//! What keeps Langfuse from starting: exactly the values that its own schema rejects.

mod boolean_not_true_or_false;
mod event_bucket_missing;
mod number_not_readable;
mod number_out_of_range;
mod value_not_in_list;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[
    &event_bucket_missing::EVENT_BUCKET_MISSING,
    &boolean_not_true_or_false::BOOLEAN_NOT_TRUE_OR_FALSE,
    &number_not_readable::NUMBER_NOT_READABLE,
    &number_out_of_range::NUMBER_OUT_OF_RANGE,
    &value_not_in_list::VALUE_NOT_IN_LIST,
];
