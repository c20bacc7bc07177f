//! `environment-of-an-application`.

use super::SERVER;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Setting, Wrapper};
use crate::variable::{has_storage_prefix, retired};

rule! {
    /// The file is the environment of an application, not of Langfuse's server.
    ///
    /// ## Why
    /// LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL (or LANGFUSE_HOST) are for Langfuse's SDKs, in the
    /// application that sends traces. The storage is configured on the server, in the containers langfuse-web and
    /// langfuse-worker. There is nothing to check in such a file, and no other rule runs on it.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_PUBLIC_KEY=pk-lf-0f6d1c52
    /// LANGFUSE_SECRET_KEY=sk-lf-9b2e7a41
    /// LANGFUSE_BASE_URL=https://langfuse.acme.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// The documentation's quickstarts of the SDKs.
    ENVIRONMENT_OF_AN_APPLICATION = "environment-of-an-application", Hint, Advice, environment_of_an_application
}

/// The key of an SDK, in an environment that sets nothing of the server's.
pub(in crate::rule) fn key_of_application<'d>(cx: &Context<'d>) -> Option<&'d Setting> {
    const KEYS: [&str; 2] = ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"];
    if cx.deployment.wrapper != Wrapper::Raw || cx.deployment.is_refused() {
        return None;
    }
    let [config] = cx.configs else { return None };
    let of_server = |s: &Setting| match s.var {
        Some(var) => !var.row().context || s.name == "NEXTAUTH_URL",
        None => has_storage_prefix(&s.name) || retired(&s.name).is_some() || SERVER.contains(&s.name.as_ref()),
    };
    if config.environment.open || config.environment.iter().any(of_server) {
        return None;
    }
    KEYS.iter().find_map(|key| config.environment.by_name(key))
}

fn environment_of_an_application(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(key), Some(config)) = (key_of_application(cx), cx.configs.first()) else { return };
    out.push(
        Finding::at(config, key)
            .span(key.place.map(|p| p.name))
            .message(
                "this is the environment of an application that sends traces, not of Langfuse's server; nothing to \
                 check",
            )
            .help(
                "Name the file with the environment of langfuse-web and langfuse-worker: `langfuse-blob check FILE`.",
            ),
    );
}
