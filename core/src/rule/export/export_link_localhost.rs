//! `export-link-localhost`.

use super::{outside, signers};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, text};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::Role;

rule! {
    /// Export download links point to localhost, but the store isn't there.
    ///
    /// ## Why
    /// Links are signed for the external endpoint, if there is one. `http://localhost:9090`, the default in the
    /// official compose file, works if Langfuse is opened on the same machine with the bundled MinIO. Once NEXTAUTH_URL
    /// is public, the link sends visitors to their own machine; once exports go to a cloud store, no localhost has
    /// them. Under Compose an empty value doesn't help: the default comes back.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://localhost:9090
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6055; Langfuse's `docker-compose.yml` and `StorageService.ts`.
    EXPORT_LINK_LOCALHOST = "export-link-localhost", Error, Failure, export_link_localhost
}

fn export_link_localhost(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for s in signers(cx).filter(|s| s.url.is_loopback()) {
        let external = s.block.external;
        // If a container's own endpoint is localhost, it fails before it creates a link.
        if external.is_none() && cx.deployment.wrapper != Wrapper::Raw {
            continue;
        }
        let store = s.block.endpoint_url();
        let elsewhere = external.is_some()
            && (s.block.endpoint.is_none() && s.config.engine == Engine::S3 || store.is_some_and(Endpoint::is_public));
        if !elsewhere && !s.page.is_public() {
            continue;
        }
        let name = s.block.name(Role::ExternalEndpoint);
        let mut finding = Finding::at(s.config, s.setting).looks_at(s.block.enabled);
        let why = if elsewhere {
            match s.block.endpoint {
                Some(endpoint) => {
                    finding = finding.because(endpoint, "the store is here");
                    format!("the store is {}", shown(endpoint))
                }
                None => "the store is Amazon S3".to_owned(),
            }
        } else {
            match s.page.public_url_setting() {
                Some(public) => {
                    finding = finding.because(public, "browsers open Langfuse at this URL");
                    format!("Langfuse is opened at {}", shown(public))
                }
                None => continue,
            }
        };
        // Don't suggest a URL that is wrong for links for another reason.
        let own = store.filter(|u| elsewhere && u.https).map(|u| store_address(s.config, s.block, u));
        let help = match (&own, s.block.endpoint, cx.deployment.wrapper) {
            (Some(own), _, Wrapper::Compose) => format!("Write `{name}={own}`: under Compose it can't be empty."),
            (Some(_), _, _) => format!("Delete {name}: links are then signed for the store's own endpoint."),
            (None, None, Wrapper::Compose) if elsewhere => {
                format!("Write `{name}=https://s3.<region>.amazonaws.com` with the bucket's region.")
            }
            (None, None, _) if elsewhere => format!("Delete {name}: links are then signed for Amazon S3."),
            _ => format!("Write `{name}={}`, the URL at which browsers reach the store.", outside(cx, s.page, s.block)),
        };
        let fix = own.filter(|_| !s.setting.from_wrapper()).and_then(|own| {
            let edits = replace_value(s.setting, &own)?;
            Some(DraftFix::risky("sign links for the store's own endpoint", edits))
        });
        out.push(
            finding
                .message(format!(
                    "{} is {}, but {why}: download links can't be opened",
                    s.setting.name,
                    shown(s.setting)
                ))
                .help(help)
                .fix(fix),
        );
    }
}

/// The store's own URL for links; on Azure, the container's.
fn store_address(config: &Config<'_>, block: &Block<'_>, url: &Endpoint<'_>) -> String {
    match text(block.bucket).filter(|_| config.engine == Engine::Azure) {
        Some(container) => format!("{}{}/{container}", url.origin(), url.path),
        None => url.origin(),
    }
}
