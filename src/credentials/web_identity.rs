//! A role for a web identity token: EKS service accounts (IRSA), and CI systems.

use std::path::Path;

use langfuse_blob_core::sts::Role;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::text::secret::Secret;

use super::context::Context;
use super::environment::{WEB_ROLE, WEB_SESSION, WEB_TOKEN_FILE};
use super::outcome::{Found, Reason};
use super::shared::small_file;
use super::sts;

/// Reads file and role from the environment.
pub(super) async fn find(context: &Context<'_>) -> Found {
    let variable = |name| context.environment.get(name);
    match (variable(WEB_TOKEN_FILE), variable(WEB_ROLE)) {
        (Some(file), Some(role)) => assume(context, file, role, variable(WEB_SESSION)).await,
        (None, None) => Err(Reason::next(format!("{WEB_TOKEN_FILE} and {WEB_ROLE} aren't set"))),
        (Some(_), None) => Err(Reason::next(format!("{WEB_TOKEN_FILE} is set, but {WEB_ROLE} isn't"))),
        (None, Some(_)) => Err(Reason::next(format!("{WEB_ROLE} is set, but {WEB_TOKEN_FILE} isn't"))),
    }
}

/// Assumes `role` with the token in `file`, which is read each time because the cluster renews it.
pub(super) async fn assume(context: &Context<'_>, file: &str, role: &str, session: Option<&str>) -> Found {
    let token = secret_file(file).await.map_err(Reason::end)?;
    let session = sts::session_name(session);
    let role = Role { arn: role, session: &session, external_id: None, seconds: None };
    sts::assume_with_token(context, &token, role).await
}

/// The exact content of `file`, including whitespace: the SDK doesn't trim it either.
///
/// # Errors
/// One phrase with the file's name.
pub(super) async fn secret_file(file: &str) -> Result<Secret, String> {
    let problem = |why: &str| format!("the token file {} {why}", escaped(file));
    let bytes = small_file(Path::new(file)).await.map_err(|e| problem(&format!("can't be read: {e}")))?;
    match String::from_utf8(bytes) {
        Ok(text) if text.is_empty() => Err(problem("is empty")),
        Ok(text) => Ok(Secret::new(text)),
        Err(_) => Err(problem("isn't UTF-8")),
    }
}
