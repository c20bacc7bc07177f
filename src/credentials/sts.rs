//! Calls to STS over the transport.

use langfuse_blob_core::sign::{Credentials, KeyCache, Timestamp};
use langfuse_blob_core::storage::Signer;
use langfuse_blob_core::sts::{Address, Call, CallerIdentity, Missing, Role, STS, Temporary};
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::text::secret::{REDACTED, Secret};

use super::context::{self, Context};
use super::exchange;
use super::outcome::{Found, Reason, now};

/// The session name, or a default.
pub(super) fn session_name(given: Option<&str>) -> String {
    given.map_or_else(|| format!("langfuse-blob-{}", now().unix()), str::to_owned)
}

/// Assumes `role` with `credentials`.
pub(super) async fn assume(context: &Context<'_>, region: &str, credentials: &Credentials, role: Role<'_>) -> Found {
    let body = call(context, region, &Call::AssumeRole(role), Some(credentials)).await?;
    temporary(&body, role)
}

/// Assumes `role` with a web identity `token`.
pub(super) async fn assume_with_token(context: &Context<'_>, token: &Secret, role: Role<'_>) -> Found {
    let body = call(context, context.sts_region(), &Call::AssumeRoleWithWebIdentity(role, token), None).await?;
    temporary(&body, role)
}

/// The identity of `credentials`, or the error as one sentence without its full stop.
pub(super) async fn caller_identity(
    context: &Context<'_>,
    credentials: &Credentials,
) -> Result<CallerIdentity, String> {
    let body = call(context, context.sts_region(), &Call::GetCallerIdentity, Some(credentials)).await;
    CallerIdentity::read(&body.map_err(|r| r.text)?).map_err(|e| format!("GetCallerIdentity: {e}"))
}

fn temporary(body: &str, role: Role<'_>) -> Result<(Credentials, Option<Timestamp>), Reason> {
    let unreadable = |e: Missing| Reason::end(format!("STS on {}: {e}", escaped(role.arn)));
    let Temporary { credentials, expires } = Temporary::read(body).map_err(unreadable)?;
    Ok((credentials, Some(expires)))
}

/// The body of a successful response. Every failure here ends the search, as in the SDK.
async fn call(
    context: &Context<'_>,
    region: &str,
    call: &Call<'_>,
    credentials: Option<&Credentials>,
) -> Result<String, Reason> {
    let name = call.name();
    let endpoint = context.endpoint(context::STS)?;
    let address = Address::new(STS, region, endpoint).map_err(|e| Reason::end(format!("invalid STS endpoint: {e}")))?;
    let mut keys = KeyCache::new();
    let mut signer = credentials.map(|credentials| Signer { credentials, keys: &mut keys, at: now() });
    let request = call.request(&address, signer.as_mut()).map_err(|e| Reason::end(format!("{name}: {e}")))?;
    let answer = exchange::ask(context.transport, &request, exchange::SERVICE).await;
    let answer = answer.map_err(|e| Reason::end(format!("{name} at {e}")))?;
    if answer.status.is_success() {
        return Ok(answer.text());
    }
    let mut refusal = answer.refusal();
    if let Call::AssumeRoleWithWebIdentity(_, token) = call {
        // A server that echoes the request would reveal the token.
        refusal = refusal.replace(token.expose(), REDACTED);
    }
    let role = match call {
        Call::AssumeRole(role) | Call::AssumeRoleWithWebIdentity(role, _) => format!(" for {}", escaped(role.arn)),
        Call::GetCallerIdentity => String::new(),
    };
    Err(Reason::end(format!("{} refused {name}{role}: {refusal}", address.host())))
}
