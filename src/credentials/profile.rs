//! A profile of the shared files, and how it provides credentials.

use std::pin::Pin;

use langfuse_blob_core::sign::Credentials;
use langfuse_blob_core::sts::Role;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::text::secret::Secret;

use super::context::Context;
use super::ini::Section;
use super::outcome::{Found, Reason};
use super::{container, environment, instance, process, sso, sts, web_identity};

/// The default lifetime of a role's credentials, in seconds. Source: the SDK.
const HOUR: u32 = 3600;

/// The selected profile.
pub(super) async fn find(context: &Context<'_>) -> Found {
    resolve(context, context.profile(), &[], false).await
}

/// The profile `name`, reached through `visited`. With `through`, a source profile resolves its own source even without
/// a role.
fn resolve<'a>(
    context: &'a Context<'a>,
    name: &'a str,
    visited: &'a [&'a str],
    through: bool,
) -> Pin<Box<dyn Future<Output = Found> + Send + 'a>> {
    Box::pin(async move {
        let Some(profile) = context.shared.profile(name) else {
            return Err(Reason::next(format!("{} is in neither {}", escaped(name), context.shared.state())));
        };
        step(context, profile, visited, through).await.map_err(|reason| reason.within(&escaped(name)))
    })
}

/// Tries a profile's sources in the SDK's order.
async fn step<'a>(context: &'a Context<'a>, profile: &'a Section, visited: &'a [&'a str], through: bool) -> Found {
    let fixed = fixed(profile);
    if let (false, Some(credentials)) = (visited.is_empty(), &fixed) {
        return Ok((credentials.clone(), None));
    }
    let sources = (profile.get("source_profile"), profile.get("credential_source"));
    let one_source = sources.0.is_some() != sources.1.is_some();
    if through || (profile.get("role_arn").is_some() && one_source) {
        return assume(context, profile, visited).await;
    }
    if let Some(credentials) = fixed {
        return Ok((credentials, None));
    }
    if let (Some(file), Some(role)) = (profile.get("web_identity_token_file"), profile.get("role_arn")) {
        return web_identity::assume(context, file, role, profile.get("role_session_name")).await;
    }
    if let Some(command) = profile.get("credential_process") {
        if context.environment.profile_is_untrusted() {
            return Err(Reason::end(
                "an examined file selects this profile, so its credential_process isn't run; if the file is yours, add \
                 --trust-config or set AWS_PROFILE in the shell",
            ));
        }
        return process::find(command).await;
    }
    if sso::is_configured(profile) {
        return sso::find(context, profile).await;
    }
    if profile.get("login_session").is_some() {
        return Err(Reason::end(
            "credentials of `aws login` are not supported here; `aws configure export-credentials` prints them",
        ));
    }
    if sources.0.is_some() && sources.1.is_some() {
        return Err(Reason::next("source_profile and credential_source are mutually exclusive"));
    }
    Err(Reason::next(format!("it doesn't provide credentials, in {}", context.shared.state())))
}

fn fixed(profile: &Section) -> Option<Credentials> {
    Some(Credentials {
        access_key_id: profile.get("aws_access_key_id")?.to_owned(),
        secret: Secret::new(profile.get("aws_secret_access_key")?),
        session_token: profile.get("aws_session_token").map(Secret::new),
    })
}

/// Assumes the profile's role with the credentials of its source; without a role, returns those.
async fn assume<'a>(context: &'a Context<'a>, profile: &'a Section, visited: &'a [&'a str]) -> Found {
    let role = profile.get("role_arn");
    if role.is_some() && profile.get("mfa_serial").is_some() {
        return Err(Reason::end("mfa_serial requires a code, and the SDK inside Langfuse can't prompt for it"));
    }
    let source = match (profile.get("source_profile"), profile.get("credential_source")) {
        (Some(source), _) if visited.contains(&source) => {
            return Err(Reason::next(format!("its source_profile {} points back to itself", escaped(source))));
        }
        (Some(source), _) => {
            let path: Vec<&str> = visited.iter().copied().chain([source]).collect();
            let through = context
                .shared
                .profile(source)
                .is_some_and(|s| s.get("role_arn").is_none() && s.get("credential_source").is_some());
            resolve(context, source, &path, through).await?
        }
        (None, Some("Environment")) => environment::pair(context.environment)?,
        (None, Some("EcsContainer")) => container::find(context).await?,
        (None, Some("Ec2InstanceMetadata")) => instance::load(context).await?,
        (None, other) => {
            let other = escaped(other.unwrap_or_default());
            return Err(Reason::next(format!(
                "credential_source is {other}; expected Environment, EcsContainer or Ec2InstanceMetadata"
            )));
        }
    };
    let Some(arn) = role else { return Ok(source) };
    let session = sts::session_name(profile.get("role_session_name"));
    let seconds = profile.get("duration_seconds").and_then(|s| s.parse().ok()).unwrap_or(HOUR);
    let role = Role { arn, session: &session, external_id: profile.get("external_id"), seconds: Some(seconds) };
    let region = profile.get("region").unwrap_or_else(|| context.sts_region());
    sts::assume(context, region, &source.0, role).await
}
