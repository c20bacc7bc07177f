//! Google Cloud Storage: credentials of the native engine, limits of the S3-compatible API.

mod gcs_credentials_not_readable;
mod gcs_interoperability;
mod gcs_key_incomplete;
mod gcs_multipart_refused;

use super::Rule;
use crate::config::{Config, Engine};
use crate::source::Setting;
use crate::variable::{Var, var};

pub(super) static RULES: &[&Rule] = &[
    &gcs_credentials_not_readable::GCS_CREDENTIALS_NOT_READABLE,
    &gcs_key_incomplete::GCS_KEY_INCOMPLETE,
    &gcs_interoperability::GCS_INTEROPERABILITY,
    &gcs_multipart_refused::GCS_MULTIPART_REFUSED,
];

const CREDENTIALS: Var = var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS");

/// The credentials on the native engine, if their value is known.
fn credentials<'d>(config: &'d Config<'_>) -> Option<(&'d Setting, &'d str)> {
    let setting = config.environment.set_value(CREDENTIALS).filter(|_| config.engine == Engine::Gcs)?;
    setting.text().map(|t| (setting, t))
}
