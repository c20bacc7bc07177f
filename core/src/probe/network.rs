//! DNS, connection and certificate, for requests, and for presigned URLs if their host differs.

use std::fmt::Write as _;

use crate::config::addressing::Style;
use crate::config::endpoint::Endpoint;
use crate::report::Severity;
use crate::storage::Fault;
use crate::storage::access::Place;
use crate::variable::Role;

use super::case::{Case, link_origin};
use super::finding::{Finding, Next, Verdict};
use super::step::Step;
use super::transport::{Answer, Ask};

/// The host that the SDK derives from the region `auto` if no endpoint is set.
const MADE_UP: &str = "s3.auto.amazonaws.com";

/// Host and port of a URL, and whether it's https.
#[derive(Clone, Debug)]
pub(super) struct There {
    pub host: String,
    pub port: u16,
    pub https: bool,
}

impl There {
    pub(super) fn of(url: &str) -> Option<Self> {
        let endpoint = Endpoint::parse(url).ok()?;
        Some(Self { host: endpoint.host.to_owned(), port: endpoint.effective_port(), https: endpoint.https })
    }
}

impl Case {
    /// The address that the network steps test.
    pub(super) fn there(&self, links: bool) -> Option<There> {
        let accesses = self.accesses()?;
        There::of(&if links { link_origin(&accesses.links) } else { accesses.requests.place.origin() })
    }

    /// The host without the bucket name, if the bucket is part of the host.
    fn bare_host(&self, links: bool) -> Option<String> {
        let accesses = self.accesses()?;
        let place = if links { &accesses.links.place } else { &accesses.requests.place };
        let Place::S3 { target, link_target, .. } = place else { return None };
        let target = if links { link_target } else { target };
        let host = self.there(links)?.host;
        let bare = host.strip_prefix(&format!("{}.", target.bucket)).map(str::to_owned);
        bare.filter(|_| target.addressing == Style::VirtualHosted)
    }

    pub(super) fn begin_way(&mut self, step: Step) -> Next {
        let links = matches!(step, Step::LinkResolve | Step::LinkConnect | Step::LinkTls);
        let Some(there) = self.there(links) else { return Verdict::skip("the address isn't a URL").into() };
        match step {
            Step::Resolve | Step::LinkResolve => {
                let url = format!("http://{}", there.host);
                let local = Endpoint::parse(&url).is_ok_and(|e| e.is_loopback());
                if let (Some(why), true, false) = (self.inside_only(&url), local, links) {
                    return self.only_inside(why).into();
                }
                Next::Ask(Ask::Resolve { host: there.host })
            }
            Step::Connect | Step::LinkConnect => Next::Ask(Ask::Connect { host: there.host, port: there.port }),
            _ => Next::Ask(Ask::Tls { host: there.host, port: there.port }),
        }
    }

    pub(super) fn hear_way(&mut self, step: Step, answer: Answer) -> Next {
        let links = matches!(step, Step::LinkResolve | Step::LinkConnect | Step::LinkTls);
        let Some(there) = self.there(links) else { return Verdict::skip("the address isn't a URL").into() };
        let variable = if links { self.link_variable() } else { self.variable(Role::Endpoint) };
        let (fault, detail) = match answer {
            Answer::Fault(Fault::Opaque, detail) if detail.is_empty() => {
                return Verdict::pass_over("can't be checked from here").into();
            }
            Answer::Fault(fault, detail) => (fault, detail),
            Answer::Done(phrase) if matches!(step, Step::Resolve | Step::LinkResolve) => {
                if self.turn(step) > 1 {
                    let said =
                        format!("{} doesn't resolve, {} does", there.host, self.bare_host(links).unwrap_or_default());
                    return Verdict::fail("path-style-needed", said).of_links(links).into();
                }
                return Verdict::pass(format!("{} resolves to {phrase}", there.host)).into();
            }
            Answer::Done(phrase) => {
                let mut note = format!("{}:{}", there.host, there.port);
                if !phrase.is_empty() {
                    let _ = write!(note, ", {phrase}");
                }
                return Verdict::pass(note).into();
            }
            Answer::Response(_) => return Verdict::skip("unexpected HTTP response").into(),
        };
        if let (Step::Resolve | Step::LinkResolve, Fault::NotFound) = (step, fault) {
            if let (Some(bare), 1) = (self.bare_host(links), self.turn(step)) {
                return Next::Ask(Ask::Resolve { host: bare });
            }
            let url = format!("http://{}", there.host);
            let internal = self.bare_host(links).map_or(url, |bare| format!("http://{bare}"));
            if let Some(why) = self.inside_only(&internal) {
                return self.only_inside(why).into();
            }
            if links {
                return self.unreachable_link(fault, &there).about(variable).into();
            }
            let slug = if there.host.ends_with(MADE_UP) { "amazon-host-made-up" } else { "host-unknown" };
            let said = if detail.is_empty() { there.host } else { format!("{} ({detail})", there.host) };
            return Verdict::fail(slug, said).about(variable).of_links(links).into();
        }
        if links && matches!(fault, Fault::NotFound | Fault::Refused | Fault::TimedOut | Fault::Reset) {
            return self.unreachable_link(fault, &there).about(variable).into();
        }
        let in_host = self.bare_host(links).is_some();
        if fault == Fault::WrongName && !in_host {
            return Verdict::fail("certificate-of-another-host", detail).about(variable).of_links(links).into();
        }
        let mut verdict = Verdict::faulty(fault, &detail).of_links(links);
        let endpoint = verdict.finding.as_ref().is_some_and(|f| f.cause.variable == "_ENDPOINT");
        if endpoint {
            verdict = verdict.about(variable);
        }
        verdict.into()
    }

    /// Presigned URLs that can't be opened here. If even requests work only from inside, `localhost` may be another
    /// machine.
    fn unreachable_link(&self, fault: Fault, there: &There) -> Verdict {
        let local = Endpoint::parse(&format!("http://{}", there.host)).is_ok_and(|e| e.is_loopback());
        let inside = self.accesses().is_some_and(|a| self.inside_only(&a.requests.place.origin()).is_some());
        let severity = if local && inside { Severity::Warning } else { Severity::Error };
        let said = format!("{}:{}, {}", there.host, there.port, fault.sentence());
        let finding = Finding::new("link-unreachable", severity).said(said).of_links(true);
        // Even with a warning, the URLs can't be tested.
        Verdict { open: false, ..Verdict::found(finding) }
    }

    /// Unreachable from here, which isn't an error.
    pub(super) fn only_inside(&self, why: &str) -> Verdict {
        let command = &self.subject.surroundings.command;
        let finding = Finding::new("visible-only-inside", Severity::Hint).said(why).more(format!("{command}."));
        Verdict { finding: Some(finding), ..Verdict::skip(format!("reachable only from inside: {why}")) }
    }

    /// Whether browsers can reach the host of presigned URLs.
    pub(super) fn begin_link_host(&mut self) -> Next {
        let Some(accesses) = self.accesses() else { return Verdict::skip("no presigned URLs").into() };
        let origin = link_origin(&accesses.links);
        let Ok(endpoint) = Endpoint::parse(&origin) else { return Verdict::skip("the address isn't a URL").into() };
        let public = self.subject.surroundings.public;
        let variable = self.link_variable();
        let verdict = match () {
            () if endpoint.is_internal() => Verdict::fail("link-host-inside", origin.clone()).about(variable),
            () if endpoint.is_loopback() && public => Verdict::fail("link-host-local", origin.clone()).about(variable),
            () => Verdict::pass(origin.clone()),
        };
        // Other steps test whether they work.
        verdict.of_links(true).opened().into()
    }
}
