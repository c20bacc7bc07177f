//! Rules: compose.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
