//! Buckets: missing, not a name, a name the store doesn't allow. Azure containers have their own module.

mod bucket_missing;
mod bucket_name_invalid;
mod bucket_name_legacy;
mod bucket_name_reserved_by_google;
mod bucket_not_a_name;
mod media_bucket_missing;

use super::{Finding, Rule};
use crate::config::{Block, Config};
use crate::source::Setting;
use crate::variable::Var;

pub(super) static RULES: &[&Rule] = &[
    &bucket_missing::BUCKET_MISSING,
    &media_bucket_missing::MEDIA_BUCKET_MISSING,
    &bucket_not_a_name::BUCKET_NOT_A_NAME,
    &bucket_name_invalid::BUCKET_NAME_INVALID,
    &bucket_name_legacy::BUCKET_NAME_LEGACY,
    &bucket_name_reserved_by_google::BUCKET_NAME_RESERVED_BY_GOOGLE,
];

/// Points at the empty setting if there is one.
fn absent<'d>(config: &Config<'d>, variable: Var) -> Finding<'d> {
    match config.environment.get(variable) {
        Some(empty) => Finding::at(config, empty),
        None => Finding::missing(config, variable),
    }
}

/// Whether another use case has that bucket: sharing it might make their prefixes collide.
fn is_taken(config: &Config<'_>, block: &Block<'_>, name: &str) -> bool {
    config.used().any(|b| b.use_case != block.use_case && b.bucket.and_then(Setting::text) == Some(name))
}

/// Values that other rules report: spaces, quotes, `$`, placeholders.
fn is_explained_elsewhere(text: &str) -> bool {
    text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '$' | '<' | '>'))
}

/// Whether uppercase letters and underscores are the only problem: us-east-1 allowed them until 2018.
fn is_legacy_only(name: &str) -> bool {
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && bytes.iter().any(|b| b.is_ascii_uppercase() || *b == b'_')
        && !name.contains("..")
}

fn may_be_legacy(config: &Config<'_>, block: &Block<'_>, name: &str) -> bool {
    let region = config.region(block).and_then(Setting::text);
    is_legacy_only(name) && region.is_none_or(|r| r == "us-east-1")
}
