//! Rules: media.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];
