//! Endpoints: not a URL, wrong host or port, bucket or path in the URL, path style, and where requests really go.

mod bucket_in_endpoint_host;
mod bucket_in_endpoint_path;
mod endpoint_console_port;
mod endpoint_from_aws_variable;
mod endpoint_host_with_underscore;
mod endpoint_not_a_url;
mod endpoint_not_s3_api;
mod endpoint_of_wrong_partition;
mod endpoint_redundant;
mod endpoint_scheme_port_mismatch;
mod endpoint_unencrypted;
mod endpoint_with_ignored_parts;
mod endpoint_with_path;
mod endpoint_without_scheme;
mod path_style_missing;
mod path_style_refused;
mod region_auto_on_own_store;

use super::finding::{DraftFix, delete, replace_value};
use super::{Context, Rule, s3_blocks};
use crate::config::endpoint::{Endpoint, EndpointError};
use crate::config::{Block, Config};
use crate::provider::{self, Addressing, Provider};
use crate::report::Severity;
use crate::source::{Setting, Wrapper};
use crate::text::span::Span;
use crate::variable::{Role, UseCase, Var, var};

pub(super) static RULES: &[&Rule] = &[
    &endpoint_without_scheme::ENDPOINT_WITHOUT_SCHEME,
    &endpoint_not_a_url::ENDPOINT_NOT_A_URL,
    &bucket_in_endpoint_host::BUCKET_IN_ENDPOINT_HOST,
    &bucket_in_endpoint_path::BUCKET_IN_ENDPOINT_PATH,
    &endpoint_with_path::ENDPOINT_WITH_PATH,
    &path_style_missing::PATH_STYLE_MISSING,
    &path_style_refused::PATH_STYLE_REFUSED,
    &endpoint_not_s3_api::ENDPOINT_NOT_S3_API,
    &endpoint_console_port::ENDPOINT_CONSOLE_PORT,
    &endpoint_scheme_port_mismatch::ENDPOINT_SCHEME_PORT_MISMATCH,
    &endpoint_unencrypted::ENDPOINT_UNENCRYPTED,
    &endpoint_with_ignored_parts::ENDPOINT_WITH_IGNORED_PARTS,
    &endpoint_redundant::ENDPOINT_REDUNDANT,
    &endpoint_host_with_underscore::ENDPOINT_HOST_WITH_UNDERSCORE,
    &endpoint_from_aws_variable::ENDPOINT_FROM_AWS_VARIABLE,
    &region_auto_on_own_store::REGION_AUTO_ON_OWN_STORE,
    &endpoint_of_wrong_partition::ENDPOINT_OF_WRONG_PARTITION,
];

const AWS_ENDPOINT_URL: Var = var("AWS_ENDPOINT_URL");

const AWS_ENDPOINT_URL_S3: Var = var("AWS_ENDPOINT_URL_S3");

/// How to set `variable` to `value` under the deployment method: a sentence without its full stop.
pub(super) fn write(cx: &Context<'_>, variable: Var, value: &str) -> String {
    let row = variable.row();
    let is_present = || cx.configs.iter().any(|c| c.environment.get(variable).is_some());
    match (cx.deployment.wrapper, row.chart) {
        (Wrapper::Helm, Some(chart)) => format!("Set `{}` to `{value}`", chart.path),
        (Wrapper::Helm, None) if is_present() => format!("Set {} to `{value}`", row.name),
        (Wrapper::Compose, _) if row.compose.is_none() && is_present() => format!("Set {} to `{value}`", row.name),
        (Wrapper::Helm, None) => format!("Add {} with the value `{value}` to `langfuse.additionalEnv`", row.name),
        (Wrapper::K8s, _) => format!("Set {} to `{value}`", row.name),
        // The official file doesn't forward it, so it has no effect in `.env`.
        (Wrapper::Compose, _) if row.compose.is_none() => {
            format!("Add `{}: \"{value}\"` under `environment:` of the Langfuse services", row.name)
        }
        _ => format!("Set `{}={value}`", row.name),
    }
}

/// What to call `variable` in a message: the chart's path under Helm, otherwise the variable's name.
pub(super) fn place(cx: &Context<'_>, variable: Var) -> &'static str {
    let row = variable.row();
    row.chart.filter(|_| cx.deployment.wrapper == Wrapper::Helm).map_or(row.name, |chart| chart.path)
}

/// Deletes the entry of `setting`, unless a duplicate would then take effect.
pub(super) fn delete_alone(cx: &Context<'_>, setting: &Setting) -> Option<Vec<(Span, String)>> {
    let twice = cx.deployment.duplicates.iter().any(|d| d.kept.name == setting.name);
    if twice || cx.deployment.texts.len() != 1 || setting.via.is_some() {
        return None;
    }
    delete(setting)
}

/// The endpoint and, for exports, the external endpoint, if they are valid URLs.
fn endpoints<'b, 'd>(block: &'b Block<'d>) -> impl Iterator<Item = (&'d Setting, &'b Endpoint<'d>)> {
    [(block.endpoint, block.endpoint_url()), (block.external, block.external_endpoint_url())]
        .into_iter()
        .filter_map(|(setting, url)| Some((setting?, url?)))
}

/// The endpoint and the external endpoint, if they are not valid URLs.
fn broken<'d>(block: &Block<'d>) -> impl Iterator<Item = (&'d Setting, EndpointError)> {
    [(block.endpoint, &block.url), (block.external, &block.external_url)].into_iter().filter_map(|(setting, url)| {
        let error = url.as_ref()?.as_ref().err()?;
        Some((setting?, *error))
    })
}

fn is_external(setting: &Setting) -> bool {
    setting.var.is_some_and(|v| v.row().role == Some(Role::ExternalEndpoint))
}

/// Whether `host` is one of `provider`'s own host names. Self-hosted software has none: its operators choose them.
fn serves(provider: &Provider, host: &str) -> bool {
    provider.hosts.iter().any(|pattern| match pattern.strip_prefix('.') {
        Some(_) => ends_with(host, pattern),
        None => pattern.contains('.') && !pattern.ends_with('.') && host.eq_ignore_ascii_case(pattern),
    })
}

fn is_service(host: &str) -> bool {
    provider::by_host(host).is_some_and(|p| serves(p, host))
}

fn ends_with(text: &str, tail: &str) -> bool {
    text.len()
        .checked_sub(tail.len())
        .and_then(|at| text.as_bytes().get(at..))
        .is_some_and(|t| t.eq_ignore_ascii_case(tail.as_bytes()))
}

/// Kubernetes' `service.namespace`: two labels, of which the second doesn't look like a top-level domain.
fn is_service_in_namespace(url: &Endpoint<'_>) -> bool {
    const TOP_LEVEL: [&str; 16] = [
        "com", "net", "org", "dev", "app", "cloud", "info", "tech", "online", "site", "xyz", "biz", "edu", "gov",
        "shop", "host",
    ];
    let Some((first, last)) = url.host.split_once('.') else { return false };
    url.ip.is_none()
        && !first.is_empty()
        && !last.contains('.')
        && last.len() > 2
        && !TOP_LEVEL.iter().any(|t| last.eq_ignore_ascii_case(t))
}

fn is_public(url: &Endpoint<'_>) -> bool {
    url.is_public() && !is_service_in_namespace(url)
}

/// The same URL with the other scheme, without a default port (80 or 443).
fn with_scheme(url: &Endpoint<'_>, https: bool) -> String {
    let other = Endpoint { https, port: url.port.filter(|p| !matches!(p, 80 | 443)), ..*url };
    format!("{}{}", other.origin(), url.path)
}

/// Whether the SDK gets an endpoint from its own environment variables.
fn has_sdk_endpoint(config: &Config<'_>) -> bool {
    [AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL].into_iter().any(|v| config.environment.set_value(v).is_some())
}

/// Whether to suggest removing it: on Amazon S3 the SDK derives the endpoint from the region. Not under compose, whose
/// default would come back, and not for the external endpoint.
fn may_be_dropped(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>, setting: &Setting) -> bool {
    block.is_aws()
        && !is_external(setting)
        && cx.deployment.wrapper != Wrapper::Compose
        && config.region(block).is_some()
        && !has_sdk_endpoint(config)
}

/// The Amazon S3 endpoint for the use case's region.
fn aws_endpoint(config: &Config<'_>, block: &Block<'_>) -> String {
    let region = config.region(block).and_then(Setting::text).filter(|r| provider::AWS_REGIONS.contains(r));
    let region = region.unwrap_or("eu-west-1");
    let end = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://s3.{region}.amazonaws.com{end}")
}

/// What to do about an endpoint.
struct Remedy {
    /// A sentence without its full stop.
    help: String,
    edits: Option<Vec<(Span, String)>>,
    drops: bool,
}

impl Remedy {
    /// The fix: safe only if it is `certain` and doesn't remove anything.
    fn fix(self, title: &str, certain: bool) -> Option<DraftFix> {
        let edits = self.edits?;
        let title = if self.drops { "remove the endpoint" } else { title };
        Some(if certain && !self.drops { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
    }
}

/// What to remove. In the chart's values an endpoint may apply to one use case or to all.
fn dropped<'s>(cx: &Context<'_>, setting: &'s Setting) -> &'s str {
    if cx.deployment.wrapper == Wrapper::Helm { "the endpoint from the values" } else { &setting.name }
}

/// How to correct the endpoint to `right`: remove it if Amazon S3 doesn't need one, otherwise set it.
fn remedy(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>, setting: &Setting, right: &str) -> Remedy {
    if may_be_dropped(cx, config, block, setting) {
        let help = format!("Remove {}: the SDK derives the endpoint from the region", dropped(cx, setting));
        return Remedy { help, edits: delete_alone(cx, setting), drops: true };
    }
    let help = setting.var.map_or_else(|| format!("Set it to `{right}`"), |v| write(cx, v, right));
    Remedy { help, edits: replace_value(setting, right), drops: false }
}

/// Values that other rules report: literal quotes, comments, `$`, placeholders.
fn is_explained_elsewhere(text: &str) -> bool {
    text.contains(['$', '<', '>', '"', '\'', '`']) || text.contains(" #")
}

/// The host without the bucket, if a service's host starts with it.
fn bucket_in_host<'a>(bucket: &str, url: &Endpoint<'a>) -> Option<&'a str> {
    if bucket.is_empty() || !url.host.get(..bucket.len())?.eq_ignore_ascii_case(bucket) {
        return None;
    }
    let rest = url.host.get(bucket.len()..)?.strip_prefix('.')?;
    let provider = provider::by_host(url.host)?;
    // On Oracle the first label is the namespace, on Azure the account.
    let labels_are_accounts = provider.id == "oci" || *provider == provider::AZURE;
    // AWS documents VPC endpoints with a literal `bucket` label: `bucket.vpce-….s3.….vpce.amazonaws.com`.
    let vpc = rest.get(..5).is_some_and(|t| t.eq_ignore_ascii_case("vpce-"));
    let itself = provider.hosts.iter().any(|h| url.host.eq_ignore_ascii_case(h));
    (!labels_are_accounts && !vpc && !itself && serves(provider, rest)).then_some(rest)
}

/// Paths that are part of a service's S3 endpoint: Supabase serves S3 only under this one.
fn is_own_path(url: &Endpoint<'_>) -> bool {
    url.path == "/storage/v1/s3"
}

fn path_holds(url: &Endpoint<'_>, bucket: &str) -> bool {
    let mut segments = url.path.split('/').filter(|s| !s.is_empty());
    !bucket.is_empty() && (segments.next() == Some(bucket) || segments.next_back() == Some(bucket))
}

/// Whether `<bucket>.<host>` is unlikely to resolve.
fn wants_path_style(block: &Block<'_>, url: &Endpoint<'_>) -> bool {
    let own = || {
        let provider = block.provider.or_else(|| provider::by_host(url.host));
        provider.is_some_and(|p| p.addressing == Addressing::PathOnly && !serves(p, url.host))
    };
    url.ip.is_none() && (url.is_internal() || url.is_loopback() || is_service_in_namespace(url) || own())
}

/// What a host is, if it is known not to serve the S3 API, and the URL to use instead.
fn no_s3_api(url: &Endpoint<'_>) -> Option<(&'static str, Option<&'static str>)> {
    const R2: Option<&str> = Some("https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com");
    match url.host.bytes().next_back()?.to_ascii_lowercase() {
        b'v' if url.is_under("r2.dev") => Some(("the public URL of an R2 bucket", R2)),
        b'm' if url.is_under("dash.cloudflare.com") => Some(("Cloudflare's dashboard", R2)),
        b'm' if url.is_under("console.aws.amazon.com") => Some(("the AWS console", None)),
        b'm' | b'n' if is_website(url.host) => Some(("a bucket's website endpoint", None)),
        _ => None,
    }
}

fn is_website(host: &str) -> bool {
    (ends_with(host, ".amazonaws.com") || ends_with(host, ".amazonaws.com.cn"))
        && host.split('.').any(|l| l.get(..10).is_some_and(|t| t.eq_ignore_ascii_case("s3-website")))
}

/// Whether requests to this port reach MinIO's console, and the port to use.
fn console(cx: &Context<'_>, block: &Block<'_>, setting: &Setting, url: &Endpoint<'_>) -> Option<(Severity, u16)> {
    let port = url.port.filter(|p| matches!(p, 9001 | 9091))?;
    let provider = provider::by_host(url.host);
    let has_console = provider.is_some_and(|p| *p == provider::MINIO || p.id == "rustfs");
    if provider.is_some() && !has_console {
        return None;
    }
    let compose = cx.deployment.wrapper == Wrapper::Compose;
    let store = cx.deployment.compose.as_ref().and_then(|c| c.store.as_ref());
    if url.is_loopback() {
        // Another rule reports localhost inside a container.
        if compose && block.use_case != UseCase::Media && !is_external(setting) {
            return None;
        }
        let published = store.and_then(|s| s.ports.iter().find(|(host, _)| *host == port));
        let api = store.and_then(|s| s.ports.iter().find(|(_, inside)| *inside == 9000)).map(|(host, _)| *host);
        let right = api.unwrap_or(if compose || port == 9091 { 9090 } else { 9000 });
        return match published {
            Some((_, 9000)) => None,
            Some(_) => Some((Severity::Error, right)),
            None => Some((if compose { Severity::Error } else { Severity::Warning }, right)),
        };
    }
    let bundled = store.filter(|s| s.service.eq_ignore_ascii_case(url.host));
    if let Some(store) = bundled {
        let digits = if port == 9001 { ":9001" } else { ":9091" };
        let moved = store.command.split("--").any(|part| part.starts_with("address") && part.contains(digits));
        return (!moved).then_some((Severity::Error, 9000));
    }
    let right = if port == 9091 && !url.is_internal() { 9090 } else { 9000 };
    Some((if has_console { Severity::Error } else { Severity::Warning }, right))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bucket_in_the_host_of_services_only() {
        for (bucket, host, rest) in [
            ("acme", "acme.s3.eu-west-1.amazonaws.com", Some("s3.eu-west-1.amazonaws.com")),
            ("ACME", "acme.s3.amazonaws.com", Some("s3.amazonaws.com")),
            ("a.b", "a.b.s3.amazonaws.com", Some("s3.amazonaws.com")),
            ("acme", "acme.0123.r2.cloudflarestorage.com", Some("0123.r2.cloudflarestorage.com")),
            ("acme", "acme.storage.googleapis.com", Some("storage.googleapis.com")),
            ("acme", "acme.fra1.digitaloceanspaces.com", Some("fra1.digitaloceanspaces.com")),
            ("minio", "minio.minio.svc.cluster.local", None),
            ("minio", "minio.example.com", None),
            ("acme", "acme.compat.objectstorage.eu-frankfurt-1.oraclecloud.com", None),
            ("acme", "acme.blob.core.windows.net", None),
            ("fra1", "fra1.digitaloceanspaces.com", None),
            ("fly", "fly.storage.tigris.dev", None),
            ("storage", "storage.googleapis.com", None),
            ("bucket", "bucket.vpce-1a2b3c.s3.us-east-1.vpce.amazonaws.com", None),
            ("acme", "acmeother.s3.amazonaws.com", None),
            ("", "s3.amazonaws.com", None),
        ] {
            let url = format!("https://{host}");
            assert_eq!(bucket_in_host(bucket, &Endpoint::parse(&url).unwrap()), rest, "{bucket} {host}");
        }
    }

    #[test]
    fn a_service_in_a_namespace_is_not_public() {
        for (url, public) in [
            ("http://minio.storage:9000", false),
            ("http://minio.svc", false),
            ("http://example.com", true),
            ("http://s3.example.com", true),
            ("http://acme.io", true),
            ("http://203.0.113.7:9000", true),
            ("http://10.0.0.1:9000", false),
        ] {
            assert_eq!(is_public(&Endpoint::parse(url).unwrap()), public, "{url}");
        }
    }
}
