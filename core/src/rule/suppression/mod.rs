//! Comments that suppress rules.

mod unused_suppression;
pub(crate) use unused_suppression::UNUSED_SUPPRESSION;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[&UNUSED_SUPPRESSION];
