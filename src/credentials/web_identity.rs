//! A role for the bearer of a token: service accounts of EKS (IRSA), and CI systems.

use std::path::Path;

use langfuse_blob_core::sts::Role;
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::text::secret::Secret;

use super::around::Around;
use super::environment::{WEB_ROLE, WEB_SESSION, WEB_TOKEN_FILE};
use super::shared::small_file;
use super::{Found, Reason, sts};

/// As the environment says it.
pub(super) async fn find(around: &Around<'_>) -> Found {
    let variable = |name| around.environment.get(name);
    match (variable(WEB_TOKEN_FILE), variable(WEB_ROLE)) {
        (Some(file), Some(role)) => assume(around, file, role, variable(WEB_SESSION)).await,
        (None, None) => Err(Reason::next(format!("{WEB_TOKEN_FILE} and {WEB_ROLE} are not set"))),
        (Some(_), None) => Err(Reason::next(format!("{WEB_TOKEN_FILE} is set and {WEB_ROLE} is not"))),
        (None, Some(_)) => Err(Reason::next(format!("{WEB_ROLE} is set and {WEB_TOKEN_FILE} is not"))),
    }
}

/// The token of `file` for `role`. The file is read each time: the cluster renews it.
pub(super) async fn assume(around: &Around<'_>, file: &str, role: &str, session: Option<&str>) -> Found {
    let token = secret_file(file).await.map_err(Reason::end)?;
    let session = sts::session_name(session);
    let role = Role { arn: role, session: &session, external_id: None, seconds: None };
    sts::assume_with_token(around, &token, role).await
}

/// What stands in `file`, spaces and all: the SDK doesn't trim it either.
///
/// # Errors
/// One phrase with the file's name.
pub(super) async fn secret_file(file: &str) -> Result<Secret, String> {
    let problem = |why: &str| format!("the token file {} {why}", escaped(file));
    let bytes = small_file(Path::new(file)).await.map_err(|e| problem(&format!("can't be read: {e}")))?;
    match String::from_utf8(bytes) {
        Ok(text) if text.is_empty() => Err(problem("is empty")),
        Ok(text) => Ok(Secret::new(text)),
        Err(_) => Err(problem("is no text")),
    }
}
