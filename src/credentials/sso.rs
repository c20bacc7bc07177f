//! IAM Identity Center: credentials for the token that `aws sso login` stored on this machine.

use std::path::{Path, PathBuf};

use http::{HeaderValue, Request};
use langfuse_blob_core::sign::{Credentials, Timestamp, encode};
use langfuse_blob_core::sts::Address;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::text::secret::{REDACTED, Secret};
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use super::context::{self, Context, Service};
use super::exchange;
use super::ini::Section;
use super::outcome::{EARLY, Found, Reason, now};
use super::shared::small_file;

const KEYS: [&str; 5] = ["sso_start_url", "sso_account_id", "sso_session", "sso_region", "sso_role_name"];

const LOGIN: &str = "run `aws sso login` with this profile";

/// Whether `profile` has settings for Identity Center.
pub(super) fn is_configured(profile: &Section) -> bool {
    KEYS.iter().any(|key| profile.get(key).is_some())
}

/// The credentials of the profile's account and role. Every failure ends the search, as in the SDK.
pub(super) async fn find(context: &Context<'_>, profile: &Section) -> Found {
    let session_name = profile.get("sso_session");
    let place = match session_name {
        None => profile,
        Some(name) => context.shared.session(name).ok_or_else(|| {
            let path = context.shared.config_path();
            Reason::end(format!("it names sso_session {}, which {path} doesn't have", escaped(name)))
        })?,
    };
    let needed = |section: &Section, key: &'static str| {
        section.get(key).map(str::to_owned).ok_or_else(|| Reason::end(format!("{key} is missing")))
    };
    let (url, region) = (needed(place, "sso_start_url")?, needed(place, "sso_region")?);
    let (account, role) = (needed(profile, "sso_account_id")?, needed(profile, "sso_role_name")?);

    let mut cached = Cached::read(context, session_name.unwrap_or(&url)).await?;
    if session_name.is_some() && !cached.lasts_longer_than(EARLY) {
        // A token that can't be renewed is used until it expires.
        if let Err(reason) = cached.renew(context, &region).await
            && !cached.lasts_longer_than(0)
        {
            return Err(reason);
        }
    }
    if !cached.lasts_longer_than(0) {
        return Err(Reason::end(format!("its session has expired; {LOGIN}")));
    }
    role_credentials(context, &region, &account, &role, &cached.token).await
}

async fn role_credentials(context: &Context<'_>, region: &str, account: &str, role: &str, token: &Secret) -> Found {
    let address = address(context, context::SSO, region)?;
    let mut url = address.url("/federation/credentials?role_name=");
    encode::push_query(&mut url, role);
    url.push_str("&account_id=");
    encode::push_query(&mut url, account);
    let mut bearer = HeaderValue::from_str(token.expose()).map_err(|_| Reason::end(unusable()))?;
    bearer.set_sensitive(true);
    let request = Request::get(url).header("x-amz-sso_bearer_token", bearer).body(String::new());
    let request = request.map_err(|_| Reason::end("the Identity Center endpoint isn't a valid URL"))?;
    let answer = exchange::ask(context.transport, &request, exchange::SERVICE).await.map_err(Reason::end)?;
    let host = address.host();
    if !answer.status.is_success() {
        let refusal = answer.refusal().replace(token.expose(), REDACTED);
        let who = format!("role {} of account {}", escaped(role), escaped(account));
        return Err(Reason::end(format!("{host} refused {who}: {refusal}")));
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let fields = body.get("roleCredentials");
    let text = |name: &str| fields?.get(name)?.as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    let end = || fields?.get("expiration")?.as_u64()?.checked_div(1000).and_then(|s| Timestamp::from_unix(s).ok());
    match (text("accessKeyId"), text("secretAccessKey"), text("sessionToken"), end()) {
        (Some(access_key_id), Some(secret), Some(session), Some(expires)) => {
            let (secret, session_token) = (Secret::new(secret), Some(Secret::new(session)));
            Ok((Credentials { access_key_id, secret, session_token }, Some(expires)))
        }
        _ => Err(Reason::end(format!("{host} responded without valid credentials"))),
    }
}

fn address(context: &Context<'_>, service: Service, region: &str) -> Result<Address, Reason> {
    let endpoint = context.endpoint(service)?;
    Address::new(service.prefix, region, endpoint)
        .map_err(|e| Reason::end(format!("invalid Identity Center endpoint: {e}")))
}

fn unusable() -> String {
    format!("the cached session can't be used; {LOGIN}")
}

/// The token's file in `~/.aws/sso/cache`.
struct Cached {
    path: PathBuf,
    token: Secret,
    expires: Timestamp,
    json: Map<String, Value>,
}

impl Cached {
    /// Reads the file of the session or start URL `of`.
    async fn read(context: &Context<'_>, of: &str) -> Result<Self, Reason> {
        let home = context.environment.home().ok_or_else(|| Reason::end("no home directory is set"))?;
        let mut name = String::new();
        encode::push_hex(&mut name, &Sha1::digest(of.as_bytes()));
        let path = Path::new(&home).join(".aws/sso/cache").join(format!("{name}.json"));
        let Ok(bytes) = small_file(&path).await else {
            return Err(Reason::end(format!("no session in {}; {LOGIN}", path.display())));
        };
        let json: Map<String, Value> = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |key: &str| json.get(key).and_then(Value::as_str);
        match (text("accessToken"), text("expiresAt").map(Timestamp::parse)) {
            (Some(token), Some(Ok(expires))) => Ok(Self { path, token: Secret::new(token), expires, json }),
            _ => Err(Reason::end(unusable())),
        }
    }

    fn lasts_longer_than(&self, seconds: u64) -> bool {
        self.expires.unix().saturating_sub(now().unix()) > seconds
    }

    /// Requests a new token and stores it where AWS's other tools find it.
    async fn renew(&mut self, context: &Context<'_>, region: &str) -> Result<(), Reason> {
        let needed = |key: &str| self.json.get(key).filter(|v| v.is_string()).cloned();
        let (Some(id), Some(secret), Some(refresh)) =
            (needed("clientId"), needed("clientSecret"), needed("refreshToken"))
        else {
            return Err(Reason::end(format!("its session has expired and can't be renewed; {LOGIN}")));
        };
        let body =
            json!({ "clientId": id, "clientSecret": secret, "refreshToken": refresh, "grantType": "refresh_token" });
        let address = address(context, context::SSO_OIDC, region)?;
        let request = Request::post(address.url("/token")).header("content-type", "application/json");
        let request = request.body(body.to_string()).map_err(|_| Reason::end(unusable()))?;
        let answer = exchange::ask(context.transport, &request, exchange::SERVICE).await.map_err(Reason::end)?;
        let fresh: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = fresh.get("accessToken").and_then(Value::as_str);
        let seconds = fresh.get("expiresIn").and_then(Value::as_u64);
        let (true, Some(token), Some(seconds)) = (answer.status.is_success(), token, seconds) else {
            let status = answer.status.as_u16();
            return Err(Reason::end(format!("{} didn't renew the session (HTTP {status}); {LOGIN}", address.host())));
        };
        let end = now().unix().saturating_add(seconds);
        self.token = Secret::new(token);
        self.expires = Timestamp::from_unix(end).unwrap_or(Timestamp::LAST);
        self.json.insert("accessToken".into(), token.into());
        self.json.insert("expiresAt".into(), rfc3339(self.expires).into());
        if let Some(refresh) = fresh.get("refreshToken").filter(|v| v.is_string()) {
            self.json.insert("refreshToken".into(), refresh.clone());
        }
        // If the file can't be written, the token is still used for this run.
        if let Ok(text) = serde_json::to_vec_pretty(&self.json) {
            let _ = tokio::fs::write(&self.path, text).await;
        }
        Ok(())
    }
}

/// `2026-01-31T08:00:00Z`, from `20260131T080000Z`.
fn rfc3339(at: Timestamp) -> String {
    let text = at.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(9, 11), part(11, 13), part(13, 15))
}
