//! `endpoint-unencrypted`.

use super::{Remedy, endpoints, is_external, is_public, is_service, no_s3_api, remedy, with_scheme};
use crate::config::Engine;
use crate::provider::{self};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Containers, UseCase};

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
