//! DNS, connection and certificate, for requests, and for presigned URLs if their host differs.

use std::fmt::Write as _;

use crate::config::addressing::Style;
use crate::config::endpoint::Endpoint;
use crate::connect::Route;
use crate::probe::case::{Case, HostPort, link_origin};
use crate::probe::result::{Finding, Next, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::step::Step;
use crate::probe::subject::{Accesses, ProbeContext};
use crate::probe::transport::{Answer, ProbeRequest};
use crate::report::Severity;
use crate::storage::Fault;
use crate::storage::access::Place;
use crate::variable::Role;
use crate::variable::UseCase::{Exports, Media};

/// The host that the SDK derives from the region `auto` if no endpoint is set.
const MADE_UP: &str = "s3.auto.amazonaws.com";

pub(in crate::probe) static RESOLVE: Row = Row {
    bypasses_proxy: true,
    after: &[Step::Configuration],
    applies: |case| {
        let origin = origin(case, false);
        is_name(&origin) || case.inside_only(&origin).is_some()
    },
    ..Row::new(
        Step::Resolve,
        "DNS lookup of the host that requests go to, including the bucket if the SDK puts it there",
        Work::Request {
            begin: |case, _| begin_resolve(case, false),
            on_response: |case, answer, _| on_resolve_response(case, Step::Resolve, false, answer),
        },
    )
};

pub(in crate::probe) static CONNECT: Row = Row {
    bypasses_proxy: true,
    after: &[Step::Resolve],
    ..Row::new(
        Step::Connect,
        "a TCP connection",
        Work::Request {
            begin: |case, _| begin_connect(case, false),
            on_response: |case, answer, _| on_connection_response(case, false, answer),
        },
    )
};

pub(in crate::probe) static TLS: Row = Row {
    bypasses_proxy: true,
    after: &[Step::Connect],
    applies: |case| is_secure(&origin(case, false)),
    ..Row::new(
        Step::Tls,
        "the certificate: chain, dates and name, trusting the authorities in NODE_EXTRA_CA_CERTS",
        Work::Request {
            begin: |case, _| begin_tls(case, false),
            on_response: |case, answer, _| on_connection_response(case, false, answer),
        },
    )
};

pub(in crate::probe) static LINK_HOST: Row = Row {
    use_cases: &[Media, Exports],
    after: &[Step::Configuration],
    ..Row::new(Step::LinkHost, "the host of presigned URLs: can browsers reach it?", Work::Evaluate(evaluate_link_host))
};

pub(in crate::probe) static LINK_RESOLVE: Row = Row {
    use_cases: &[Media, Exports],
    bypasses_proxy: true,
    after: &[Step::LinkHost],
    applies: |case| !case.links_share_origin() && is_name(&origin(case, true)),
    ..Row::new(
        Step::LinkResolve,
        "DNS lookup of the presigned URLs' host, if it's a different one",
        Work::Request {
            begin: |case, _| begin_resolve(case, true),
            on_response: |case, answer, _| on_resolve_response(case, Step::LinkResolve, true, answer),
        },
    )
};

pub(in crate::probe) static LINK_CONNECT: Row = Row {
    use_cases: &[Media, Exports],
    bypasses_proxy: true,
    after: &[Step::LinkResolve],
    applies: |case| !case.links_share_origin(),
    ..Row::new(
        Step::LinkConnect,
        "a TCP connection to that host",
        Work::Request {
            begin: |case, _| begin_connect(case, true),
            on_response: |case, answer, _| on_connection_response(case, true, answer),
        },
    )
};

pub(in crate::probe) static LINK_TLS: Row = Row {
    use_cases: &[Media, Exports],
    bypasses_proxy: true,
    after: &[Step::LinkConnect],
    applies: |case| !case.links_share_origin() && is_secure(&origin(case, true)),
    ..Row::new(
        Step::LinkTls,
        "that host's certificate",
        Work::Request {
            begin: |case, _| begin_tls(case, true),
            on_response: |case, answer, _| on_connection_response(case, true, answer),
        },
    )
};

/// Where requests go, or presigned URLs.
fn origin(case: &Case, links: bool) -> String {
    let origin = |a: &Accesses| if links { link_origin(&a.links) } else { a.requests.place.origin() };
    case.accesses().map(origin).unwrap_or_default()
}

/// Whether the host is a name rather than an address.
fn is_name(origin: &str) -> bool {
    Endpoint::parse(origin).is_ok_and(|e| e.ip.is_none())
}

fn is_secure(origin: &str) -> bool {
    origin.starts_with("https:")
}

fn no_url() -> StepResult {
    StepResult::skip("the address isn't a URL")
}

/// The host without the bucket name, if the bucket is part of the host.
fn bare_host(case: &Case, links: bool) -> Option<String> {
    let accesses = case.accesses()?;
    let place = if links { &accesses.links.place } else { &accesses.requests.place };
    let Place::S3 { target, link_target, .. } = place else { return None };
    let target = if links { link_target } else { target };
    let host = case.host_port(links)?.host;
    let bare = host.strip_prefix(&format!("{}.", target.bucket)).map(str::to_owned);
    bare.filter(|_| target.addressing == Style::VirtualHosted)
}

fn begin_resolve(case: &Case, links: bool) -> Next {
    let Some(HostPort { host, .. }) = case.host_port(links) else { return no_url().into() };
    if let (Some(route), false) = (&case.subject.context.route, links) {
        return StepResult::pass(route.to_string()).into();
    }
    let url = format!("http://{host}");
    let local = Endpoint::parse(&url).is_ok_and(|e| e.is_loopback());
    if let (Some(why), true, false) = (case.inside_only(&url), local, links) {
        return only_inside(case, why).into();
    }
    Next::Send(ProbeRequest::Resolve { host })
}

fn begin_connect(case: &Case, links: bool) -> Next {
    let Some(HostPort { host, port, .. }) = case.host_port(links) else { return no_url().into() };
    Next::Send(ProbeRequest::Connect { host, port })
}

fn begin_tls(case: &Case, links: bool) -> Next {
    let Some(HostPort { host, port, .. }) = case.host_port(links) else { return no_url().into() };
    Next::Send(ProbeRequest::Tls { host, port })
}

fn on_resolve_response(case: &Case, step: Step, links: bool, answer: Answer) -> Next {
    let Some(target) = case.host_port(links) else { return no_url().into() };
    let bare = bare_host(case, links);
    let requests = case.requests_made(step);
    if let Answer::Done(addresses) = &answer {
        if requests > 1 {
            let detail = format!("{} doesn't resolve, {} does", target.host, bare.unwrap_or_default());
            return StepResult::fail("path-style-needed", detail).presigned(links).into();
        }
        return StepResult::pass(format!("{} resolves to {addresses}", target.host)).into();
    }
    let (fault, detail) = match failure(answer) {
        Ok(failure) => failure,
        Err(result) => return result.into(),
    };
    if fault != Fault::NotFound {
        return unreachable(case, links, &target, fault, detail).into();
    }
    if let (Some(bare), 1) = (&bare, requests) {
        return Next::Send(ProbeRequest::Resolve { host: bare.clone() });
    }
    let internal = format!("http://{}", bare.as_ref().unwrap_or(&target.host));
    if let Some(why) = case.inside_only(&internal) {
        return only_inside(case, why).into();
    }
    if links {
        return unreachable(case, links, &target, fault, detail).into();
    }
    let slug = if target.host.ends_with(MADE_UP) { "amazon-host-made-up" } else { "host-unknown" };
    let detail = if detail.is_empty() { target.host } else { format!("{} ({detail})", target.host) };
    let advice = case.subject.context.advice.clone();
    let finding = Finding::new(slug, Severity::Error).detail(detail).extra_help(advice);
    StepResult::found(finding).about(case.variable(Role::Endpoint)).into()
}

fn on_connection_response(case: &Case, links: bool, answer: Answer) -> Next {
    let Some(target) = case.host_port(links) else { return no_url().into() };
    if let Answer::Done(phrase) = &answer {
        let mut note = format!("{}:{}", target.host, target.port);
        if !phrase.is_empty() {
            let _ = write!(note, ", {phrase}");
        }
        return StepResult::pass(note).into();
    }
    match failure(answer) {
        Ok((Fault::Refused | Fault::TimedOut | Fault::Reset, _)) if !links && is_routed(case) => {
            only_inside(case, "nothing answers at the published port").into()
        }
        Ok((fault, detail)) => unreachable(case, links, &target, fault, detail).into(),
        Err(result) => result.into(),
    }
}

/// What failed, if the transport can tell.
fn failure(answer: Answer) -> Result<(Fault, String), StepResult> {
    match answer {
        Answer::Fault(Fault::Opaque, detail) if detail.is_empty() => {
            Err(StepResult::skip_only("can't be checked from here"))
        }
        Answer::Fault(fault, detail) => Ok((fault, detail)),
        Answer::Done(_) | Answer::Response(_) => Err(StepResult::skip("unexpected HTTP response")),
    }
}

fn unreachable(case: &Case, links: bool, target: &HostPort, fault: Fault, detail: String) -> StepResult {
    let variable = if links { case.link_variable() } else { case.variable(Role::Endpoint) };
    if links && matches!(fault, Fault::NotFound | Fault::Refused | Fault::TimedOut | Fault::Reset) {
        return unreachable_link(case, fault, target).about(variable);
    }
    let in_host = bare_host(case, links).is_some();
    if fault == Fault::WrongName && !in_host {
        return StepResult::fail("certificate-of-another-host", detail).about(variable).presigned(links);
    }
    let result = StepResult::transport_failure(fault, &detail).presigned(links);
    let endpoint = result.finding.as_ref().is_some_and(|f| f.cause.variable == "_ENDPOINT");
    if endpoint { result.about(variable) } else { result }
}

/// Presigned URLs that can't be opened here. If even requests work only from inside, `localhost` may be another
/// machine.
fn unreachable_link(case: &Case, fault: Fault, target: &HostPort) -> StepResult {
    let local = Endpoint::parse(&format!("http://{}", target.host)).is_ok_and(|e| e.is_loopback());
    let inside = case.accesses().is_some_and(|a| case.inside_only(&a.requests.place.origin()).is_some());
    let severity = if local && (inside || is_routed(case)) { Severity::Warning } else { Severity::Error };
    let detail = format!("{}:{}, {}", target.host, target.port, fault.sentence());
    let finding = Finding::new("link-unreachable", severity).detail(detail).presigned(true);
    // Even with a warning, the URLs can't be tested.
    StepResult { unblocks: false, ..StepResult::found(finding) }
}

/// Whether requests go to a port that was chosen without being asked for. If it's closed, the project doesn't run here,
/// and its configuration may be right.
fn is_routed(case: &Case) -> bool {
    case.subject.context.route.as_ref().is_some_and(Route::is_automatic)
}

/// Unreachable from here, which isn't an error.
fn only_inside(case: &Case, why: &str) -> StepResult {
    let ProbeContext { command, advice, route, .. } = &case.subject.context;
    let advice = route.as_ref().map_or_else(|| advice.clone(), Route::doubt);
    let help = if advice.is_empty() {
        format!("{command}.")
    } else {
        format!("{command}. To test from this machine: {advice}")
    };
    let finding = Finding::new("visible-only-inside", Severity::Hint).detail(why).extra_help(help);
    StepResult { finding: Some(finding), ..StepResult::skip(format!("reachable only from inside: {why}")) }
}

/// Whether browsers can reach the host of presigned URLs.
fn evaluate_link_host(case: &Case) -> StepResult {
    let Some(accesses) = case.accesses() else { return StepResult::skip("no presigned URLs") };
    let origin = link_origin(&accesses.links);
    let Ok(endpoint) = Endpoint::parse(&origin) else { return no_url() };
    let public = case.subject.context.public;
    let variable = case.link_variable();
    let result = match () {
        () if endpoint.is_internal() => StepResult::fail("link-host-inside", origin.clone()).about(variable),
        () if endpoint.is_loopback() && public => StepResult::fail("link-host-local", origin.clone()).about(variable),
        () => StepResult::pass(origin.clone()),
    };
    // Other steps test whether they work.
    result.presigned(true).unblocking()
}
