//! The role of the EC2 instance, from its metadata service: version 2, or version 1 if the SDK would fall back to it.

use http::{HeaderValue, Request, StatusCode};
use langfuse_blob_core::text::printable::escaped;

use super::context::Context;
use super::environment::{INSTANCE_DISABLED, INSTANCE_ENDPOINT, INSTANCE_ENDPOINT_MODE, INSTANCE_V1_DISABLED};
use super::exchange::{Answer, ask};
use super::outcome::{Found, Reason};
use super::{answer, exchange};

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const TOKEN: &str = "x-aws-ec2-metadata-token";
const LIFE: &str = "x-aws-ec2-metadata-token-ttl-seconds";
/// Six hours, the service's maximum.
const SECONDS: &str = "21600";

/// Requests credentials from the service, unless it is disabled.
pub(super) async fn find(context: &Context<'_>) -> Found {
    if context.environment.is_on(INSTANCE_DISABLED) {
        return Err(Reason::next(format!("disabled by {INSTANCE_DISABLED}")));
    }
    load(context).await
}

/// Requests credentials from the service. A profile with `credential_source = Ec2InstanceMetadata` does so even if it
/// is disabled.
pub(super) async fn load(context: &Context<'_>) -> Found {
    let base = endpoint(context)?;
    let token = token(context, base).await?;
    let role = get(context, base, ROLES, token.as_ref()).await?;
    if role.status == StatusCode::NOT_FOUND {
        return Err(Reason::next(format!("no role is attached to the instance, according to {base}")));
    }
    let role = success(base, &role)?.text();
    let role = role.trim();
    let answer = get(context, base, &format!("{ROLES}{role}"), token.as_ref()).await?;
    answer::read(&success(base, &answer)?.body, answer::Kind::Endpoint).map_err(|e| {
        Reason::next(format!("{base} responded for role {} without valid credentials: {e}", escaped(role)))
    })
}

fn endpoint<'a>(context: &Context<'a>) -> Result<&'a str, Reason> {
    let configured =
        context.environment.get(INSTANCE_ENDPOINT).or_else(|| context.setting("ec2_metadata_service_endpoint"));
    if let Some(url) = configured {
        return Ok(url.trim_end_matches('/'));
    }
    let mode = context
        .environment
        .get(INSTANCE_ENDPOINT_MODE)
        .or_else(|| context.setting("ec2_metadata_service_endpoint_mode"));
    match mode {
        None | Some("IPv4") => Ok("http://169.254.169.254"),
        Some("IPv6") => Ok("http://[fd00:ec2::254]"),
        Some(other) => {
            Err(Reason::end(format!("{INSTANCE_ENDPOINT_MODE} is {}; expected IPv4 or IPv6", escaped(other))))
        }
    }
}

/// The session token of version 2; `None` if the SDK falls back to version 1.
async fn token(context: &Context<'_>, base: &str) -> Result<Option<HeaderValue>, Reason> {
    let request = Request::put(format!("{base}/latest/api/token")).header(LIFE, SECONDS).body(String::new());
    let request = request.map_err(|_| no_url(base))?;
    let why = match ask(context.direct, &request, exchange::INSTANCE).await {
        Ok(answer) if answer.status.is_success() => {
            let token = HeaderValue::from_bytes(&answer.body);
            let mut token =
                token.map_err(|_| Reason::next(format!("{base} returned a token that isn't a valid header")))?;
            token.set_sensitive(true);
            return Ok(Some(token));
        }
        Ok(answer) if answer.status == StatusCode::BAD_REQUEST => {
            return Err(Reason::next(format!("{base} refused to issue a token: {}", answer.refusal())));
        }
        Ok(answer) => format!("{base} issued no token: {}", answer.refusal()),
        Err(why) => why,
    };
    let off = |v: &str| v != "false";
    let v1_off = context.environment.get(INSTANCE_V1_DISABLED).map(off);
    if v1_off.or_else(|| context.setting("ec2_metadata_v1_disabled").map(off)) == Some(true) {
        return Err(Reason::next(format!("{why}; version 1 is disabled")));
    }
    Ok(None)
}

async fn get(context: &Context<'_>, base: &str, path: &str, token: Option<&HeaderValue>) -> Result<Answer, Reason> {
    let mut request = Request::get(format!("{base}{path}")).body(String::new()).map_err(|_| no_url(base))?;
    if let Some(token) = token {
        request.headers_mut().insert(TOKEN, token.clone());
    }
    ask(context.direct, &request, exchange::INSTANCE).await.map_err(Reason::next)
}

fn no_url(base: &str) -> Reason {
    Reason::next(format!("{INSTANCE_ENDPOINT}: {} isn't a valid URL", escaped(base)))
}

fn success<'a>(base: &str, answer: &'a Answer) -> Result<&'a Answer, Reason> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    Err(Reason::next(format!("{base} responded with HTTP {}", answer.status.as_u16())))
}
