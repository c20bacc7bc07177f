//! Server-side encryption: ignored keys, stores without KMS, use cases in one bucket that differ. Media has its own
//! rule, because any of this breaks its uploads.

mod encryption_differs_in_bucket;
mod encryption_on_other_store;
mod kms_key_without_kms;

use super::Rule;
use crate::config::Config;
use crate::variable::{Role, UseCase, slot};

pub(super) static RULES: &[&Rule] = &[
    &kms_key_without_kms::KMS_KEY_WITHOUT_KMS,
    &encryption_on_other_store::ENCRYPTION_ON_OTHER_STORE,
    &encryption_differs_in_bucket::ENCRYPTION_DIFFERS_IN_BUCKET,
];

/// Whether the containers of `config` write for `use_case`: web writes no export files.
fn writes(config: &Config<'_>, use_case: UseCase) -> bool {
    slot(use_case, Role::Sse).is_some_and(|v| v.row().readers.meets(config.containers))
}
