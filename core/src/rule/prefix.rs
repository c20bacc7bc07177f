//! Rules: prefix.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
