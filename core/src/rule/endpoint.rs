//! Endpoints: not a URL, wrong host or port, bucket or path in the URL, path style, and where requests really go.

use std::borrow::Cow;

use super::compose::meant_for_amazon;
use super::finding::{DraftFix, delete, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::addressing::{Style, style_of};
use crate::config::endpoint::{Endpoint, EndpointError};
use crate::config::{Block, Config, Engine, is_hidden};
use crate::provider::{self, Addressing, Provider};
use crate::report::Severity;
use crate::source::{Setting, Wrapper};
use crate::text::mask::{MASK, escaped, quoted, shown};
use crate::text::span::Span;
use crate::text::suggest::nearest;
use crate::variable::{Containers, Role, UseCase, Var, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &ENDPOINT_WITHOUT_SCHEME,
    &ENDPOINT_NOT_A_URL,
    &BUCKET_IN_ENDPOINT_HOST,
    &BUCKET_IN_ENDPOINT_PATH,
    &ENDPOINT_WITH_PATH,
    &PATH_STYLE_MISSING,
    &PATH_STYLE_REFUSED,
    &ENDPOINT_NOT_S3_API,
    &ENDPOINT_CONSOLE_PORT,
    &ENDPOINT_SCHEME_PORT_MISMATCH,
    &ENDPOINT_UNENCRYPTED,
    &ENDPOINT_WITH_IGNORED_PARTS,
    &ENDPOINT_REDUNDANT,
    &ENDPOINT_HOST_WITH_UNDERSCORE,
    &ENDPOINT_FROM_AWS_VARIABLE,
    &REGION_AUTO_ON_OWN_STORE,
    &ENDPOINT_OF_WRONG_PARTITION,
];

const AWS_ENDPOINT_URL: Var = var("AWS_ENDPOINT_URL");
const AWS_ENDPOINT_URL_S3: Var = var("AWS_ENDPOINT_URL_S3");

/// The active use cases on the S3 engine; the other engines read endpoints differently.
pub(super) fn s3_blocks<'c, 'd>(
    cx: &'c Context<'d>,
) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|c| c.used().map(move |b| (c, b)))
}

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

fn with_port(url: &Endpoint<'_>, port: u16) -> String {
    let scheme = if url.https { "https" } else { "http" };
    let host = if url.host.contains(':') { Cow::Owned(format!("[{}]", url.host)) } else { Cow::Borrowed(url.host) };
    format!("{scheme}://{host}:{port}{}", url.path)
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

rule! {
    /// The endpoint has no `https://` or `http://` before the host.
    ///
    /// ## Why
    /// The AWS SDK parses the endpoint as a URL. It rejects `s3.example.com` with "Invalid URL"; in `minio:9000` it
    /// reads `minio` as the scheme and fails with "Custom endpoint `minio://9000` was not a valid URI". Langfuse
    /// starts, but every upload fails.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// Both error messages, from the SDK version Langfuse pins.
    ENDPOINT_WITHOUT_SCHEME = "endpoint-without-scheme", Error, Failure, endpoint_without_scheme
}

fn endpoint_without_scheme(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, error) in broken(block) {
            let text = setting.text().unwrap_or("").trim();
            let single_slash = text.get(..5).is_some_and(|t| t.eq_ignore_ascii_case("http:"))
                || text.get(..6).is_some_and(|t| t.eq_ignore_ascii_case("https:"));
            // The URL standard repairs `http:/host`, and so does the SDK.
            if error != EndpointError::NoScheme || is_explained_elsewhere(text) || single_slash {
                continue;
            }
            let rest = text.trim_start_matches('/');
            let (user_info, visible) = rest.rsplit_once('@').map_or((false, rest), |(_, host)| (true, host));
            let http = format!("http://{visible}");
            let https = format!("https://{visible}");
            let guessed = Endpoint::parse(&http).ok();
            let tls = guessed.is_some_and(|u| is_public(&u) || u.port == Some(443));
            let guess = if tls { https } else { http };
            let url = Endpoint::parse(&guess).ok();
            let value = if user_info { format!("`{MASK}@{visible}`") } else { shown(setting) };
            let mut remedy = match url {
                Some(_) => remedy(cx, config, block, setting, &guess),
                None => Remedy {
                    help: "Set a URL with a scheme, such as `https://s3.example.com` or `http://minio:9000`".into(),
                    edits: None,
                    drops: false,
                },
            };
            let service = url.is_some_and(|u| is_service(u.host));
            if user_info || !url.is_some_and(|u| stays_quiet(block, setting, &u)) || block.is_aws() {
                remedy.edits = None;
            }
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .looks_at(block.bucket)
                    .message(format!(
                        "{} is {value}, which has no scheme; the SDK rejects it with \"Invalid URL\" or \"was not a \
                         valid URI\"",
                        setting.name
                    ))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix(&format!("set to `{guess}`"), service)),
            );
        }
    }
}

/// Whether no other rule fires for `url` here: a fix must not trade one finding for another.
fn stays_quiet(block: &Block<'_>, setting: &Setting, url: &Endpoint<'_>) -> bool {
    let plain = url.path.is_empty() && url.query.is_none() && url.fragment.is_none() && url.user_info.is_none();
    let reachable = match block.use_case {
        // The rules about media and exports check whether links are reachable.
        UseCase::Media => false,
        UseCase::Exports => is_public(url) && !is_external(setting),
        UseCase::Events | UseCase::CoreData => !url.is_loopback(),
    };
    let bucket = block.bucket.and_then(Setting::text).unwrap_or("");
    plain
        && reachable
        && !url.host.contains('_')
        && !matches!(url.port, Some(80 | 9001 | 9090 | 9091))
        && bucket_in_host(bucket, url).is_none()
        && no_s3_api(url).is_none()
        && (block.forces_path_style() || !wants_path_style(block, url))
}

rule! {
    /// The endpoint is not an http or https URL.
    ///
    /// ## Why
    /// The AWS SDK parses the endpoint on the first request and fails with "Invalid URL" or "was not a valid URI".
    /// Langfuse doesn't check it at startup. `s3://bucket` is how tools name a bucket; an endpoint names the server.
    /// `https://https://…`, from a form that adds the scheme itself, is a valid URL for a host called `https`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=s3://acme-events
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Both error messages, from the SDK version Langfuse pins.
    ENDPOINT_NOT_A_URL = "endpoint-not-a-url", Error, Failure, endpoint_not_a_url
}

fn endpoint_not_a_url(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, error) in broken(block) {
            let text = setting.text().unwrap_or("").trim();
            let after = text.split_once("://").map_or("", |(_, rest)| rest);
            // An empty account before `.blob…` is an unfilled placeholder; `https:///host` works.
            let elsewhere = is_explained_elsewhere(text)
                || error == EndpointError::NoHost
                    && (after.starts_with('.') || after.len() > 1 && after.starts_with('/'));
            if error == EndpointError::NoScheme || elsewhere {
                continue;
            }
            if error == EndpointError::TwoSchemes {
                let first = text.split("://").next().unwrap_or("");
                let edits = replace_value(setting, after);
                out.push(
                    Finding::at(config, setting)
                        .for_block(block)
                        .message(format!(
                            "{} is {}, with two schemes: the SDK connects to a host named {}",
                            setting.name,
                            shown(setting),
                            quoted(after.split("://").next().unwrap_or(""))
                        ))
                        .help(format!("Remove the leading `{}://`.", escaped(first)))
                        .fix(edits.map(|e| DraftFix::safe("remove the first scheme", e))),
                );
                continue;
            }
            let generic = "Set the store's URL, such as `https://s3.example.com` or `http://minio:9000`.";
            let (wrong, help) = match error {
                EndpointError::WrongScheme => {
                    let scheme = text.split("://").next().unwrap_or("");
                    let help = match nearest(scheme, ["https", "http"]) {
                        Some(meant) if !scheme.eq_ignore_ascii_case("s3") => format!("Did you mean `{meant}://`?"),
                        _ => format!(
                            "The bucket goes in {} only. Leave {} unset for Amazon S3; otherwise set the store's URL, \
                             such as `https://s3.example.com`.",
                            block.name(Role::Bucket),
                            setting.name
                        ),
                    };
                    ("not an http or https URL", help)
                }
                EndpointError::NoHost => ("a URL without a host", generic.into()),
                EndpointError::BadPort => (
                    "a URL with an invalid port",
                    "Set a port from 1 to 65535, or omit it for the scheme's default.".into(),
                ),
                _ => ("a URL with an invalid character in its host", generic.into()),
            };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}, {wrong}; the SDK rejects it", setting.name, shown(setting)))
                    .help(help),
            );
        }
    }
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

rule! {
    /// The endpoint's host starts with the bucket name.
    ///
    /// ## Why
    /// The SDK adds the bucket to the host itself, so requests go to `acme.acme.s3.eu-west-1.amazonaws.com`. With path
    /// style the host happens to be right, but every key gets the bucket name as a prefix and listings look in the
    /// wrong place.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acme-events.s3.eu-west-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93
    BUCKET_IN_ENDPOINT_HOST = "bucket-in-endpoint-host", Error, Failure, bucket_in_endpoint_host
}

fn bucket_in_endpoint_host(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(bucket) = block.bucket else { continue };
        for (setting, url) in endpoints(block) {
            let Some(rest) = bucket_in_host(bucket.text().unwrap_or(""), url) else { continue };
            if no_s3_api(url).is_some() {
                continue;
            }
            let name = bucket.text().unwrap_or("");
            let goes = match style_of(block) {
                Style::VirtualHosted => format!("requests go to `{name}.{}`", url.host),
                Style::Path => format!("every key is stored under `{name}/`"),
            };
            let right = if block.is_aws() { aws_endpoint(config, block) } else { url.with_host(rest) };
            let remedy = remedy(cx, config, block, setting, &right);
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .because(bucket, "the SDK adds the bucket itself")
                    .message(format!(
                        "{} is {}, whose host already contains the bucket: {goes}",
                        setting.name,
                        shown(setting)
                    ))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix("remove the bucket from the endpoint", false)),
            );
        }
    }
}

/// Paths that are part of a service's S3 endpoint: Supabase serves S3 only under this one.
fn is_own_path(url: &Endpoint<'_>) -> bool {
    url.path == "/storage/v1/s3"
}

fn path_holds(url: &Endpoint<'_>, bucket: &str) -> bool {
    let mut segments = url.path.split('/').filter(|s| !s.is_empty());
    !bucket.is_empty() && (segments.next() == Some(bucket) || segments.next_back() == Some(bucket))
}

rule! {
    /// The endpoint's path contains the bucket.
    ///
    /// ## Why
    /// The SDK adds the bucket itself. With path style it requests `/acme/acme/key`, otherwise `acme.host/acme/key`:
    /// every key gets the bucket name as a prefix, and a listing requests an object named after the bucket. The
    /// Cloudflare dashboard shows the "S3 API" URL of a bucket in this form.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Seen in
    /// Both requests, observed with the SDK version Langfuse pins; the dashboard's URL in the setup guides of other
    /// tools, such as craft-engine's page on Cloudflare R2.
    BUCKET_IN_ENDPOINT_PATH = "bucket-in-endpoint-path", Error, Failure, bucket_in_endpoint_path
}

fn bucket_in_endpoint_path(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| !b.is(&provider::AZURE)) {
        let (Some(setting), Some(url), Some(bucket)) = (block.endpoint, block.endpoint_url(), block.bucket) else {
            continue;
        };
        let name = bucket.text().unwrap_or("");
        if url.path.is_empty() || is_own_path(url) || !path_holds(url, name) || no_s3_api(url).is_some() {
            continue;
        }
        let right = if block.is_aws() { aws_endpoint(config, block) } else { url.origin() };
        let mut remedy = remedy(cx, config, block, setting, &right);
        // The path has more than the bucket; only the operator knows what to keep.
        if url.path.trim_matches('/') != name || bucket_in_host(name, url).is_some() {
            remedy.edits = None;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .because(bucket, "the SDK adds the bucket itself")
                .message(format!(
                    "{} is {}, whose path already contains the bucket: every key is stored under {}",
                    setting.name,
                    shown(setting),
                    quoted(&format!("{name}/"))
                ))
                .help(format!("{}.", remedy.help))
                .fix(remedy.fix("remove the bucket from the endpoint", false)),
        );
    }
}

rule! {
    /// The endpoint has a path.
    ///
    /// ## Why
    /// The SDK keeps the path and signs it. A reverse proxy that serves the store under `/s3` or `/minio` and strips
    /// that part sends the store a different path than the one signed: every request fails with
    /// `SignatureDoesNotMatch`. Services such as Amazon S3 or R2 have no path before the bucket at all.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://langfuse.example.com/s3
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.langfuse.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6693
    ENDPOINT_WITH_PATH = "endpoint-with-path", Warning, Failure, endpoint_with_path
}

fn endpoint_with_path(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| !b.is(&provider::AZURE)) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let bucket = block.bucket.and_then(Setting::text).unwrap_or("");
        if url.path.is_empty() || is_own_path(url) || path_holds(url, bucket) {
            continue;
        }
        if is_explained_elsewhere(url.raw) || no_s3_api(url).is_some() {
            continue;
        }
        let service = is_service(url.host);
        let why = match block.provider.filter(|_| service) {
            Some(provider) => format!("{} endpoints have no path", provider.name),
            None => "the path is signed, so a proxy that strips it causes SignatureDoesNotMatch".into(),
        };
        let mut remedy = if service {
            let right = if block.is_aws() { aws_endpoint(config, block) } else { url.origin() };
            remedy(cx, config, block, setting, &right)
        } else {
            let help =
                "Give the store its own host name and use it without a path, such as `https://s3.langfuse.example.com`";
            Remedy { help: help.to_owned(), edits: None, drops: false }
        };
        if bucket_in_host(bucket, url).is_some() {
            remedy.edits = None;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .message(format!("{} is {}; {why}", setting.name, shown(setting)))
                .help(format!("{}.", remedy.help))
                .fix(remedy.fix("remove the path", false)),
        );
    }
}

/// Whether `<bucket>.<host>` is unlikely to resolve.
fn wants_path_style(block: &Block<'_>, url: &Endpoint<'_>) -> bool {
    let own = || {
        let provider = block.provider.or_else(|| provider::by_host(url.host));
        provider.is_some_and(|p| p.addressing == Addressing::PathOnly && !serves(p, url.host))
    };
    url.ip.is_none() && (url.is_internal() || url.is_loopback() || is_service_in_namespace(url) || own())
}

rule! {
    /// Path style is off for a store that has no per-bucket host names.
    ///
    /// ## Why
    /// Without path style the SDK adds the bucket to the host: `langfuse.minio`. Compose services, Kubernetes services
    /// and `localhost` aren't reachable under such a name: `getaddrinfo ENOTFOUND langfuse.minio`. With an IP address
    /// the SDK switches to path style automatically.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369, langfuse/langfuse#5998
    PATH_STYLE_MISSING = "path-style-missing", Error, Failure, path_style_missing
}

fn path_style_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        if block.forces_path_style() || is_hidden(block.path_style) || !wants_path_style(block, url) {
            continue;
        }
        let absent = block.path_style.is_none();
        if style_of(block) == Style::Path || absent && config.environment.open {
            continue;
        }
        let Some(variable) = slot(block.use_case, Role::ForcePathStyle) else { continue };
        // If the endpoint is the mistake, path style is fine as it is.
        if meant_for_amazon(cx, config, block).is_some() {
            continue;
        }
        // Another rule reports values that the schema rejects.
        if block.path_style.and_then(Setting::text).is_some_and(|t| variable.row().rejects(t)) {
            continue;
        }
        let host = format!("{}.{}", block.bucket.and_then(Setting::text).unwrap_or(""), url.host);
        let certain = url.is_internal() || url.is_loopback() || is_service_in_namespace(url);
        let doubt = match (url.is_loopback(), certain) {
            (true, _) => "no store serves",
            (false, true) => "doesn't exist",
            (false, false) => "resolves only with a wildcard DNS record",
        };
        let finding = match block.path_style {
            Some(set) => Finding::at(config, set).fix(replace_value(set, "true").map(|e| {
                if certain { DraftFix::safe("set to `true`", e) } else { DraftFix::risky("set to `true`", e) }
            })),
            None => Finding::missing(config, variable),
        };
        out.push(
            finding
                .for_block(block)
                .because(setting, "the store's endpoint")
                .looks_at(block.bucket)
                .severity(if certain { Severity::Error } else { Severity::Warning })
                .message(format!(
                    "{} is not `true`, so requests go to {}, which {doubt}",
                    variable.name(),
                    quoted(&host)
                ))
                .help(format!("{}.", write(cx, variable, "true"))),
        );
    }
}

rule! {
    /// Path style is on for a store that doesn't support it.
    ///
    /// ## Why
    /// Alibaba Cloud OSS answers path style with `SecondLevelDomainForbidden`, Tencent COS also rejects it, and Tigris
    /// documents virtual-hosted style only. The official compose file sets path style to `true`, so change it when you
    /// move from its MinIO to one of these stores.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=oss-cn-hangzhou
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://oss-cn-hangzhou.aliyuncs.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=LTAI5tQ7RT2MNBVCXZ5K3P9d
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=c81f0a6be2945d7730fa1c62b8e04d
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=oss-cn-hangzhou
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://oss-cn-hangzhou.aliyuncs.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=LTAI5tQ7RT2MNBVCXZ5K3P9d
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=c81f0a6be2945d7730fa1c62b8e04d
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=false
    /// ```
    ///
    /// ## Seen in
    /// treeverse/lakeFS#3490, fluent/fluent-bit#10390, coze-dev/coze-studio#2308; the Tigris section of the Langfuse
    /// documentation.
    PATH_STYLE_REFUSED = "path-style-refused", Error, Failure, path_style_refused
}

fn path_style_refused(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(provider) = block.provider.filter(|p| p.addressing == Addressing::VirtualOnly) else { continue };
        let (Some(style), Some(endpoint)) = (block.path_style, block.endpoint) else { continue };
        let Some(variable) = style.var.filter(|_| block.forces_path_style()) else { continue };
        // Tigris documents this, but no failure has been observed.
        let documented_only = provider.id == "tigris";
        let fix = replace_value(style, "false").map(|e| {
            if documented_only { DraftFix::risky("set to `false`", e) } else { DraftFix::safe("set to `false`", e) }
        });
        out.push(
            Finding::at(config, style)
                .for_block(block)
                .because(endpoint, format!("this is {}", provider.name))
                .severity(if documented_only { Severity::Warning } else { Severity::Error })
                .message(format!("{} is `true`, but {} doesn't support path style", style.name, provider.name))
                .help(format!("{}.", write(cx, variable, "false")))
                .fix(fix),
        );
    }
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

rule! {
    /// The endpoint is a web page, not the S3 API.
    ///
    /// ## Why
    /// R2 serves the S3 API only under `<account>.r2.cloudflarestorage.com` (with `.eu`, `.us` or `.fedramp` after the
    /// account for a jurisdiction). Neither the dashboard nor a bucket's public `r2.dev` URL accepts signed requests.
    /// In the same way, the AWS console and a bucket's website endpoint don't serve the S3 API.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://pub-4f1c2d3e4b5a69788796a5b4c3d2e1f0.r2.dev
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Seen in
    /// Cloudflare R2 documentation, S3 API compatibility; Amazon S3 user guide, website endpoints.
    ENDPOINT_NOT_S3_API = "endpoint-not-s3-api", Error, Failure, endpoint_not_s3_api
}

fn endpoint_not_s3_api(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block) {
            let Some((what, right)) = no_s3_api(url) else { continue };
            let help = match (right, setting.var) {
                (Some(right), Some(variable)) => {
                    format!("{}, with your own account ID.", write(cx, variable, right))
                }
                (None, Some(variable)) if cx.deployment.wrapper == Wrapper::Compose || is_external(setting) => {
                    format!("{}.", write(cx, variable, &aws_endpoint(config, block)))
                }
                _ => format!("Remove {}: the SDK derives the endpoint from the region.", dropped(cx, setting)),
            };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}, which is {what}, not the S3 API", setting.name, shown(setting)))
                    .help(help),
            );
        }
    }
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

rule! {
    /// The endpoint uses the port of MinIO's console.
    ///
    /// ## Why
    /// MinIO serves its API and its console on two ports: 9000 and 9001 in the container, and 9090 and 9091 on the host
    /// in the official compose file. The console answers S3 requests with 403 and "S3 API Requests must be made to API
    /// port".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9001
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// minio/object-browser#2637, minio/mc#4523, pivotal-sadubois/tanzu-demo-hub#13
    ENDPOINT_CONSOLE_PORT = "endpoint-console-port", Error, Failure, endpoint_console_port
}

fn endpoint_console_port(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block) {
            let Some((severity, port)) = console(cx, block, setting, url) else { continue };
            let right = with_port(url, port);
            let doubt = if severity == Severity::Error { "is the port" } else { "is usually the port" };
            let help = setting.var.map_or_else(String::new, |v| write(cx, v, &right));
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .severity(severity)
                    .message(format!(
                        "{} is {}, but {} {doubt} of MinIO's console, which rejects S3 requests",
                        setting.name,
                        shown(setting),
                        url.effective_port()
                    ))
                    .help(format!("{help}, the port of the API."))
                    .fix(replace_value(setting, &right).map(|e| DraftFix::risky(format!("use port {port}"), e))),
            );
        }
    }
}

/// Whether the endpoint is the compose file's MinIO, which speaks plain HTTP.
fn is_bundled(cx: &Context<'_>, url: &Endpoint<'_>) -> bool {
    match cx.deployment.compose.as_ref().map(|c| c.store.as_ref()) {
        Some(Some(store)) => {
            let published = url.is_loopback() && store.ports.iter().any(|(host, _)| Some(*host) == url.port);
            (published || store.service.eq_ignore_ascii_case(url.host)) && !store.command.contains("certs-dir")
        }
        Some(None) => false,
        None => {
            let inside = url.host.eq_ignore_ascii_case("minio") && url.port == Some(9000);
            let outside = url.is_loopback() && url.port == Some(9090);
            cx.deployment.wrapper == Wrapper::Compose && (inside || outside)
        }
    }
}

rule! {
    /// The endpoint's scheme and port contradict each other.
    ///
    /// ## Why
    /// `http://` with port 443 sends plain HTTP to a TLS server; `https://` with port 80 does the opposite. The compose
    /// file's MinIO speaks plain HTTP on 9000 (9090 on the host), so `https://minio:9000` fails with "wrong version
    /// number" or "EPROTO".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://s3.example.com:443
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// curie-eng/curie#1500
    ENDPOINT_SCHEME_PORT_MISMATCH = "endpoint-scheme-port-mismatch", Error, Failure, endpoint_scheme_port_mismatch
}

fn endpoint_scheme_port_mismatch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block) {
            let (https, why) = match (url.https, url.port) {
                (false, Some(443)) => (true, "plain HTTP to port 443, where servers expect TLS"),
                // For a public store, change the port rather than drop TLS.
                (true, Some(80)) => (is_public(url), "HTTPS to port 80, where servers expect plain HTTP"),
                (true, Some(9000 | 9090)) if is_bundled(cx, url) => (false, "HTTPS to a MinIO that speaks plain HTTP"),
                _ => continue,
            };
            let kept = url.port.is_some_and(|p| !matches!(p, 80 | 443));
            let right = with_scheme(url, https);
            let mut remedy = remedy(cx, config, block, setting, &right);
            // Other rules report plain HTTP for media or links.
            if !https && (block.use_case == UseCase::Media || is_external(setting)) {
                remedy.edits = None;
            }
            let title = if kept { "change the scheme" } else { "remove the port and use the right scheme" };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}: {why}", setting.name, shown(setting)))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix(title, is_service(url.host))),
            );
        }
    }
}

rule! {
    /// The endpoint uses plain HTTP to a public host.
    ///
    /// ## Why
    /// Anyone on the network path can read every trace and every signature. Plain HTTP inside a private network is
    /// common and not reported; this host is reachable from anywhere.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 user guide, "Protecting data in transit with encryption".
    ENDPOINT_UNENCRYPTED = "endpoint-unencrypted", Warning, Risk, endpoint_unencrypted
}

fn endpoint_unencrypted(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let called = cx.configs.iter().filter(|c| matches!(c.engine, Engine::S3 | Engine::Azure));
    for (config, block) in called.flat_map(|c| c.used().map(move |b| (c, b))) {
        for (setting, url) in endpoints(block) {
            if url.https || url.port == Some(443) || !is_public(url) {
                continue;
            }
            // Other rules report plain HTTP links: the page that shows media blocks them.
            let secure_page = config.public_url.as_ref().is_some_and(|u| u.https);
            let elsewhere = block.use_case == UseCase::Media && config.containers.meets(Containers::WEB)
                || is_external(setting) && secure_page
                || no_s3_api(url).is_some();
            if elsewhere {
                continue;
            }
            let own_port = url.port.is_none_or(|p| p == 80);
            let service = is_service(url.host) || block.is(&provider::AZURE);
            let remedy = if own_port || service {
                remedy(cx, config, block, setting, &with_scheme(url, true))
            } else {
                let help = "Put TLS in front of the store and use `https://`; if this host is on a private network, \
                            suppress this rule here";
                Remedy { help: help.to_owned(), edits: None, drops: false }
            };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!(
                        "{} is {}, plain HTTP to a public host: traces and signatures can be read in transit",
                        setting.name,
                        shown(setting)
                    ))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix("use HTTPS", service)),
            );
        }
    }
}

rule! {
    /// The endpoint has credentials, a query or a fragment, which the SDK ignores.
    ///
    /// ## Why
    /// The AWS SDK keeps only scheme, host, port and path of the URL. A user and password before `@` don't authenticate
    /// anyone, and a query such as a SAS token is not sent. Keys belong in the key variables.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com?tenant=acme
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// Requests observed with the SDK version Langfuse pins.
    ENDPOINT_WITH_IGNORED_PARTS = "endpoint-with-ignored-parts", Hint, Ignored, endpoint_with_ignored_parts
}

fn endpoint_with_ignored_parts(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| !b.is(&provider::AZURE)) {
        for (setting, url) in endpoints(block) {
            let parts = match (url.user_info.is_some(), url.query.is_some() || url.fragment.is_some()) {
                (false, false) => continue,
                (true, false) => "the credentials before `@`",
                (false, true) => "everything after `?` or `#`",
                (true, true) => "the credentials before `@` and everything after `?` or `#`",
            };
            if is_explained_elsewhere(url.raw) {
                continue;
            }
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}; the SDK ignores {parts}", setting.name, shown(setting)))
                    .help("Set only scheme, host and port; keys go in _ACCESS_KEY_ID and _SECRET_ACCESS_KEY.")
                    .fix(ignored_parts(setting, url).map(|e| DraftFix::safe("remove what the SDK ignores", e))),
            );
        }
    }
}

/// Deletes credentials, query and fragment with edits that don't repeat them.
fn ignored_parts(setting: &Setting, url: &Endpoint<'_>) -> Option<Vec<(Span, String)>> {
    let place = setting.place.filter(|p| p.plain)?;
    let text = setting.text()?;
    let begin = text.len().checked_sub(text.trim_start().len())?;
    let mut edits = Vec::new();
    let mut cut = |from: usize, to: usize| {
        let (start, end) = (place.value.start.saturating_add(from), place.value.start.saturating_add(to));
        edits.push((Span::new(place.value.file, start, end), String::new()));
    };
    if let Some(user_info) = url.user_info {
        let from = begin.checked_add(url.raw.find("://")?)?.checked_add(3)?;
        cut(from, from.checked_add(user_info.len())?.checked_add(1)?);
    }
    if url.query.is_some() || url.fragment.is_some() {
        cut(begin.checked_add(url.raw.find(['?', '#'])?)?, begin.checked_add(url.raw.len())?);
    }
    Some(edits)
}

rule! {
    /// The endpoint is the one the SDK uses anyway.
    ///
    /// ## Why
    /// On Amazon S3 the SDK builds the endpoint from the region. Setting it has no effect until someone changes the
    /// region but not the endpoint; then requests are signed for one region and sent to another.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93, langfuse/langfuse#9333
    ENDPOINT_REDUNDANT = "endpoint-redundant", Hint, Advice, endpoint_redundant
}

fn endpoint_redundant(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // Compose can't omit it: the file's default would send everything to MinIO.
    if cx.deployment.wrapper == Wrapper::Compose {
        return;
    }
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let Some(region) = config.region(block) else { continue };
        if !is_regional_default(url, region.text().unwrap_or("")) || has_sdk_endpoint(config) {
            continue;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .because(region, "the SDK derives the same endpoint from this")
                .message(format!("{} is {}, which the SDK uses for this region anyway", setting.name, shown(setting)))
                .help(format!("Remove {} to keep the region in one place.", dropped(cx, setting)))
                .fix(delete_alone(cx, setting).map(|e| DraftFix::risky("remove the endpoint", e))),
        );
    }
}

fn is_regional_default(url: &Endpoint<'_>, region: &str) -> bool {
    let host = url.host.strip_prefix("s3.").and_then(|h| h.strip_prefix(region));
    let end = if region.starts_with("cn-") { ".amazonaws.com.cn" } else { ".amazonaws.com" };
    !region.is_empty()
        && host == Some(end)
        && url.https
        && url.effective_port() == 443
        && url.path.is_empty()
        && url.query.is_none()
        && url.fragment.is_none()
        && url.user_info.is_none()
}

rule! {
    /// The endpoint's host contains an underscore.
    ///
    /// ## Why
    /// Langfuse's SDK accepts it and Docker resolves it, but RFC 1123 doesn't allow underscores in host names, and
    /// other tools reject them: MinIO's own `mc` and boto3 fail with "Invalid endpoint", so you can't inspect the store
    /// with them.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://my_minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://my-minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// minio/minio#13025, minio/mc#4651, boto/botocore#2426
    ENDPOINT_HOST_WITH_UNDERSCORE = "endpoint-host-with-underscore", Hint, Advice, endpoint_host_with_underscore
}

fn endpoint_host_with_underscore(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, url) in endpoints(block).filter(|(_, u)| u.host.contains('_')) {
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!(
                        "{} has the host {}; underscores aren't valid in host names, and many tools reject them",
                        setting.name,
                        quoted(url.host)
                    ))
                    .help(format!(
                        "Give the store a second name without underscores, such as the network alias {}, and use that.",
                        quoted(&url.host.replace('_', "-"))
                    )),
            );
        }
    }
}

rule! {
    /// A use case without an endpoint falls back to `AWS_ENDPOINT_URL`.
    ///
    /// ## Why
    /// The AWS SDK reads `AWS_ENDPOINT_URL_S3`, then `AWS_ENDPOINT_URL`, for every client without an endpoint. Langfuse
    /// passes none if the use case's own variable is unset, so events, media or exports go to that URL, and nothing is
    /// logged.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// AWS_ENDPOINT_URL=https://localstack.example.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Requests observed with the SDK version Langfuse pins; the AWS SDKs and Tools guide, service-specific endpoints.
    ENDPOINT_FROM_AWS_VARIABLE = "endpoint-from-aws-variable", Warning, Risk, endpoint_from_aws_variable
}

fn endpoint_from_aws_variable(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        if block.endpoint.is_some() || config.environment.open {
            continue;
        }
        let set = |v| config.environment.set_value(v);
        let Some(source) = set(AWS_ENDPOINT_URL_S3).or_else(|| set(AWS_ENDPOINT_URL)) else { continue };
        let ignored = config.environment.by_name("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").and_then(Setting::text);
        let Some(variable) = slot(block.use_case, Role::Endpoint).filter(|_| ignored != Some("true")) else { continue };
        out.push(
            Finding::at(config, source)
                .for_block(block)
                .looks_at(block.bucket)
                .message(format!(
                    "{} is not set, so {} ({}) sets the endpoint for {}",
                    variable.name(),
                    source.name,
                    shown(source),
                    if block.use_case == UseCase::CoreData { "core data" } else { block.use_case.name() }
                ))
                .help(format!(
                    "Set {} to the intended store, or remove {} from Langfuse's containers.",
                    variable.name(),
                    source.name
                )),
        );
    }
}

rule! {
    /// Region `auto` on a store that has its own region.
    ///
    /// ## Why
    /// Garage compares the region in the signature with `s3_region` in its garage.toml and answers any other with
    /// "Authorization header malformed, unexpected scope". Ceph gateways in a multisite setup use the zone group as the
    /// region. Stores without regions accept anything, so `auto` works there.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://garage:3900
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GK3515373e4c851ebaad366558
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=7d37d093435a41f2aab8f13c19ba067d9776c90215f56614adad6ece597dbb34
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=garage
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://garage:3900
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GK3515373e4c851ebaad366558
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=7d37d093435a41f2aab8f13c19ba067d9776c90215f56614adad6ece597dbb34
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#10290, AppFlowy-IO/AppFlowy-Cloud#239, PhantomPhoton/S3-Compatible#28
    REGION_AUTO_ON_OWN_STORE = "region-auto-on-own-store", Hint, Failure, region_auto_on_own_store
}

fn region_auto_on_own_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(provider) = block.provider.filter(|p| matches!(p.id, "garage" | "ceph")) else { continue };
        let Some(region) = config.region(block).filter(|r| r.text() == Some("auto")) else { continue };
        let Some(endpoint) = block.endpoint else { continue };
        let (help, fix) = if provider.id == "garage" {
            let edits = replace_value(region, "garage");
            (
                "Set it to the `s3_region` in garage.toml, usually `garage`.",
                edits.map(|e| DraftFix::risky("set to `garage`", e)),
            )
        } else {
            ("If the gateway rejects it, set the zone group's name; `us-east-1` works for a gateway without one.", None)
        };
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .because(endpoint, format!("this is {}", provider.name))
                .message(format!("{} is `auto`, but {} may check the region", region.name, provider.name))
                .help(help)
                .fix(fix),
        );
    }
}

rule! {
    /// The endpoint's domain and its region belong to different AWS partitions.
    ///
    /// ## Why
    /// AWS serves its China regions under `amazonaws.com.cn` and all others under `amazonaws.com`. Without an endpoint
    /// the SDK builds `s3.cn-north-1.amazonaws.com.cn`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=cn-north-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.cn-north-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=cn-north-1
    /// ```
    ///
    /// ## Seen in
    /// Host observed with the SDK version Langfuse pins.
    ENDPOINT_OF_WRONG_PARTITION = "endpoint-of-wrong-partition", Hint, Failure, endpoint_of_wrong_partition
}

fn endpoint_of_wrong_partition(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        if !ends_with(url.host, ".cn") && !url.host.contains("cn-") {
            continue;
        }
        let Some(region) = url.aws_region() else { continue };
        let chinese_host = ends_with(url.host, ".cn");
        let chinese_region = region.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("cn-"));
        if chinese_host == chinese_region {
            continue;
        }
        let end = if chinese_region { "amazonaws.com.cn" } else { "amazonaws.com" };
        let right = format!("https://s3.{region}.{end}");
        let help = remedy(cx, config, block, setting, &right).help;
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .message(format!("{} is {}, but `{region}` is served under {end}", setting.name, shown(setting)))
                .help(format!("{help}.")),
        );
    }
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
