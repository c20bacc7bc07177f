//! Rules: value.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
