//! Rules: source.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
