//! Whether and when a failed request is retried: one policy for every operation and transport.
//!
//! Waits grow exponentially with full jitter, so that clients that failed together don't come back together. A request
//! that may have succeeded is retried only if that changes nothing.

use std::fmt;
use std::time::Duration;

use super::error::Body;
use super::{Fault, StoreError};

/// How often, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// The maximum number of attempts, the first included. Adjusting the clock or renewing credentials adds one each.
    pub attempts: u32,
    /// The longest first wait; the limit doubles with each further one.
    pub base: Duration,
    /// The longest wait, unless the store requests a longer one.
    pub cap: Duration,
    /// The longest time from the start of the first attempt to the start of the last, including waits that a store
    /// requests.
    pub budget: Duration,
}

impl Default for Policy {
    /// Five attempts, while the SDK inside Langfuse makes three: here a person waits, not a web page's request.
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(20),
            budget: Duration::from_mins(2),
        }
    }
}

/// What a retry does if the first request succeeded but its response was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// Nothing new: reads, writes of the same bytes under the same key or part number, deletions, aborts, copies.
    Harmless,
    /// Something else. A second [`super::create_multipart_upload`] leaves an orphaned upload; a second write with
    /// `if_absent` conflicts with its own object; a second [`super::complete_multipart_upload`] finds no upload on most
    /// stores, and only the object itself shows whether the first succeeded.
    Harmful,
}

/// How an attempt failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure<'a> {
    /// There was no complete response.
    Fault(Fault),
    /// The store refused, or its response is invalid.
    Store(&'a StoreError),
}

/// An attempt that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt<'a> {
    /// Which one, counted from 1.
    pub number: u32,
    /// The time since the first one began.
    pub elapsed: Duration,
    /// How it failed.
    pub failure: Failure<'a>,
    /// What a retry would do.
    pub repeat: Repeat,
    /// What was renewed since the first attempt.
    pub renewed: Renewed,
    /// A random number, new for every attempt: the jitter.
    pub random: u64,
}

/// What was renewed between the attempts of a request.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Renewed {
    /// The clock, from a response's `Date` ([`super::clock::of_store`]).
    pub clock: bool,
    /// Temporary credentials.
    pub credentials: bool,
}

/// What must be renewed before the next attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Renewal {
    /// Sign with the store's time.
    Clock,
    /// Get new credentials; if there are none, the error is final.
    Credentials,
}

/// What to do about a failed attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Report the failure.
    GiveUp(Reason),
    /// Wait, renew what is named, and send the request again.
    Again {
        /// How long to wait.
        after: Duration,
        /// What to renew first.
        renewing: Option<Renewal>,
    },
}

/// Why a request isn't retried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It would fail again.
    Permanent,
    /// The first one may have succeeded, and a retry would do harm.
    MayBeDone,
    /// The attempts are used up; how many.
    Attempts(u32),
    /// The time is up, or would be before the next attempt.
    Time,
}

/// Added to the failure's own sentence.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permanent => f.write_str("it would fail again"),
            Self::MayBeDone => f.write_str("it wasn't retried because the store may have carried it out"),
            Self::Attempts(count) => write!(f, "{count} attempts failed"),
            Self::Time => f.write_str("the time for retries is over"),
        }
    }
}

/// What a failure means for the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// The next one would fail too.
    Permanent,
    /// Nothing was done, and the next one may succeed.
    NotDone,
    /// It may have succeeded, and the next one may succeed.
    MayBeDone,
    /// Nothing was done, and the next one succeeds once something is renewed.
    Stale(Renewal),
}

impl Policy {
    /// What to do about `attempt`.
    #[must_use]
    pub fn decide(&self, attempt: &Attempt<'_>) -> Decision {
        let renewing = match verdict(attempt.failure) {
            Verdict::Permanent => return Decision::GiveUp(Reason::Permanent),
            Verdict::MayBeDone if attempt.repeat == Repeat::Harmful => return Decision::GiveUp(Reason::MayBeDone),
            Verdict::MayBeDone | Verdict::NotDone => None,
            Verdict::Stale(Renewal::Clock) if attempt.renewed.clock => return Decision::GiveUp(Reason::Permanent),
            Verdict::Stale(Renewal::Credentials) if attempt.renewed.credentials => {
                return Decision::GiveUp(Reason::Permanent);
            }
            Verdict::Stale(renewal) => Some(renewal),
        };
        let renewals = u32::from(attempt.renewed.clock).saturating_add(u32::from(attempt.renewed.credentials));
        if renewing.is_none() && attempt.number.saturating_sub(renewals) >= self.attempts {
            return Decision::GiveUp(Reason::Attempts(attempt.number));
        }
        let after = if renewing.is_some() { Duration::ZERO } else { self.wait(attempt) };
        if attempt.elapsed.saturating_add(after) > self.budget {
            return Decision::GiveUp(Reason::Time);
        }
        Decision::Again { after, renewing }
    }

    /// The jittered wait; the store's own if that is longer.
    fn wait(&self, attempt: &Attempt<'_>) -> Duration {
        let doubled = 1_u32.checked_shl(attempt.number.saturating_sub(1)).unwrap_or(u32::MAX);
        let ceiling = self.base.saturating_mul(doubled).min(self.cap);
        let nanos = ceiling.as_nanos().saturating_mul(u128::from(attempt.random)) >> 64;
        let jittered = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(ceiling);
        let asked = match attempt.failure {
            Failure::Store(error) => error.retry_after.map_or(Duration::ZERO, Duration::from_secs),
            Failure::Fault(_) => Duration::ZERO,
        };
        jittered.max(asked)
    }
}

fn verdict(failure: Failure<'_>) -> Verdict {
    match failure {
        Failure::Fault(fault) => match fault {
            // A name that doesn't resolve yet, a store that is starting.
            Fault::NotFound | Fault::Refused | Fault::ProxyUnreachable => Verdict::NotDone,
            Fault::TlsNotSpoken
            | Fault::CertificateExpired
            | Fault::UnknownIssuer
            | Fault::WrongName
            | Fault::TooLarge
            // Another attempt would take as long again.
            | Fault::TooSlow => Verdict::Permanent,
            Fault::TimedOut | Fault::Reset | Fault::BodyCut | Fault::Opaque => Verdict::MayBeDone,
        },
        Failure::Store(error) => of_store(error),
    }
}

fn of_store(error: &StoreError) -> Verdict {
    match error.code.as_deref() {
        Some("RequestTimeTooSkewed") => return Verdict::Stale(Renewal::Clock),
        Some("ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired") => {
            return Verdict::Stale(Renewal::Credentials);
        }
        // The body arrived damaged or not at all; or another write was faster than this one.
        Some(
            "BadDigest"
            | "ConditionalRequestConflict"
            | "IncompleteBody"
            | "OperationAborted"
            | "RequestTimeout"
            | "SlowDown"
            | "SlowDownRead"
            | "SlowDownWrite"
            | "Throttling"
            | "ThrottlingException"
            | "TooManyRequests",
        ) => return Verdict::NotDone,
        _ => {}
    }
    match (error.status, error.body) {
        (408 | 429 | 503, _) => Verdict::NotDone,
        // A console that returns a page for every path; it will do so again.
        (200..=299, Body::Html) => Verdict::Permanent,
        (200..=299, Body::Unusable(_)) => Verdict::MayBeDone,
        _ if error.is_temporary() => Verdict::MayBeDone,
        _ => Verdict::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use proptest::prelude::*;

    use super::*;

    fn store(status: u16, code: &str) -> StoreError {
        let body = if code.is_empty() { String::new() } else { format!("<Error><Code>{code}</Code></Error>") };
        StoreError::read(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    fn first(failure: Failure<'_>, repeat: Repeat) -> Attempt<'_> {
        Attempt {
            number: 1,
            elapsed: Duration::ZERO,
            failure,
            repeat,
            renewed: Renewed::default(),
            random: u64::MAX / 2,
        }
    }

    /// Whether the first failure is followed by a second attempt: where repeating is harmless, and where it isn't.
    fn repeated(failure: Failure<'_>) -> (bool, bool) {
        let again = |repeat| matches!(Policy::default().decide(&first(failure, repeat)), Decision::Again { .. });
        (again(Repeat::Harmless), again(Repeat::Harmful))
    }

    #[test]
    fn what_may_be_done_is_repeated_where_that_is_harmless() {
        for fault in Fault::ALL {
            let expected = match fault {
                Fault::NotFound | Fault::Refused | Fault::ProxyUnreachable => (true, true),
                Fault::TimedOut | Fault::Reset | Fault::BodyCut | Fault::Opaque => (true, false),
                _ => (false, false),
            };
            assert_eq!(repeated(Failure::Fault(fault)), expected, "{fault:?}");
        }
        for (status, code, expected) in [
            (503, "SlowDown", (true, true)),
            (503, "", (true, true)),
            (429, "", (true, true)),
            (400, "RequestTimeout", (true, true)),
            (409, "OperationAborted", (true, true)),
            (400, "BadDigest", (true, true)),
            (500, "InternalError", (true, false)),
            (200, "InternalError", (true, false)),
            (502, "", (true, false)),
            (504, "", (true, false)),
            (501, "NotImplemented", (false, false)),
            (403, "AccessDenied", (false, false)),
            (403, "SignatureDoesNotMatch", (false, false)),
            (404, "NoSuchUpload", (false, false)),
            (412, "PreconditionFailed", (false, false)),
            (301, "PermanentRedirect", (false, false)),
        ] {
            assert_eq!(repeated(Failure::Store(&store(status, code))), expected, "{status} {code}");
        }
        let page = StoreError::read(StatusCode::OK, &HeaderMap::new(), b"<html></html>");
        assert_eq!(repeated(Failure::Store(&page)), (false, false));
        let cut = StoreError::unusable(StatusCode::OK, &HeaderMap::new(), b"", "its body is empty");
        assert_eq!(repeated(Failure::Store(&cut)), (true, false));
    }

    #[test]
    fn clock_and_credentials_are_renewed_once() {
        for (code, renewal, renewed) in [
            ("RequestTimeTooSkewed", Renewal::Clock, Renewed { clock: true, credentials: false }),
            ("ExpiredToken", Renewal::Credentials, Renewed { clock: false, credentials: true }),
        ] {
            let error = store(403, code);
            let attempt = first(Failure::Store(&error), Repeat::Harmful);
            let again = Decision::Again { after: Duration::ZERO, renewing: Some(renewal) };
            // One more attempt even after the last one: it is another request that is sent.
            for number in [1, 5] {
                assert_eq!(Policy::default().decide(&Attempt { number, ..attempt }), again);
            }
            let twice = Attempt { renewed, ..attempt };
            assert_eq!(Policy::default().decide(&twice), Decision::GiveUp(Reason::Permanent));
        }
    }

    #[test]
    fn the_store_says_how_long() {
        let mut error = store(503, "SlowDown");
        error.retry_after = Some(30);
        let attempt = first(Failure::Store(&error), Repeat::Harmless);
        let wait = |attempt: &Attempt<'_>| match Policy::default().decide(attempt) {
            Decision::Again { after, .. } => Some(after),
            Decision::GiveUp(_) => None,
        };
        assert_eq!(wait(&attempt), Some(Duration::from_secs(30)));
        assert_eq!(wait(&Attempt { elapsed: Duration::from_secs(90), ..attempt }), Some(Duration::from_secs(30)));
        assert_eq!(wait(&Attempt { elapsed: Duration::from_secs(91), ..attempt }), None);
        for seconds in [121, u64::MAX] {
            let mut error = error.clone();
            error.retry_after = Some(seconds);
            let attempt = first(Failure::Store(&error), Repeat::Harmless);
            assert_eq!(Policy::default().decide(&attempt), Decision::GiveUp(Reason::Time));
        }
    }

    #[test]
    fn attempts_come_to_an_end() {
        let attempt = first(Failure::Fault(Fault::Refused), Repeat::Harmless);
        let decide = |number| Policy::default().decide(&Attempt { number, ..attempt });
        assert!(matches!(decide(4), Decision::Again { .. }));
        assert_eq!(decide(5), Decision::GiveUp(Reason::Attempts(5)));
        assert_eq!(decide(u32::MAX), Decision::GiveUp(Reason::Attempts(u32::MAX)));
        let none = Policy { attempts: 1, ..Policy::default() };
        assert_eq!(none.decide(&attempt), Decision::GiveUp(Reason::Attempts(1)));
    }

    fn any_error() -> impl Strategy<Value = StoreError> {
        let code = prop_oneof![
            Just(""),
            Just("InternalError"),
            Just("SlowDown"),
            Just("RequestTimeTooSkewed"),
            Just("ExpiredToken"),
            Just("AccessDenied"),
        ];
        (200_u16..600, code, proptest::option::of(0_u64..300))
            .prop_map(|(status, code, retry_after)| StoreError { retry_after, ..store(status, code) })
    }

    fn any_policy() -> impl Strategy<Value = Policy> {
        (1_u32..20, 0_u64..10_000, 0_u64..60_000, 0_u64..600_000).prop_map(|(attempts, base, cap, budget)| Policy {
            attempts,
            base: Duration::from_millis(base),
            cap: Duration::from_millis(cap),
            budget: Duration::from_millis(budget),
        })
    }

    proptest! {
        #[test]
        fn waits_are_bounded(
            policy in any_policy(), error in any_error(), fault in proptest::option::of(proptest::sample::select(Fault::ALL.to_vec())),
            number in 1_u32..40, elapsed in 0_u64..700_000, harmless in any::<bool>(), random in any::<u64>(),
            clock in any::<bool>(), credentials in any::<bool>(),
        ) {
            let failure = fault.map_or(Failure::Store(&error), Failure::Fault);
            let repeat = if harmless { Repeat::Harmless } else { Repeat::Harmful };
            let elapsed = Duration::from_millis(elapsed);
            let attempt = Attempt { number, elapsed, failure, repeat, renewed: Renewed { clock, credentials }, random };
            if let Decision::Again { after, renewing } = policy.decide(&attempt) {
                let asked = error.retry_after.filter(|_| fault.is_none()).map_or(Duration::ZERO, Duration::from_secs);
                prop_assert!(after <= policy.cap.max(asked));
                prop_assert!(after >= asked || renewing.is_some());
                prop_assert!(elapsed + after <= policy.budget);
                prop_assert!(renewing.is_some() || number < policy.attempts + 2);
                prop_assert!(renewing != Some(Renewal::Clock) || !clock);
                prop_assert!(renewing != Some(Renewal::Credentials) || !credentials);
                // What may have been carried out is not sent twice where that does harm.
                let unheard = fault.is_some_and(|f| !f.is_before_request())
                    || (fault.is_none() && matches!(error.code.as_deref(), Some("InternalError")) && error.status != 503
                        && error.status != 408 && error.status != 429);
                prop_assert!(harmless || !unheard);
            }
        }

        #[test]
        fn a_request_ends(policy in any_policy(), error in any_error(), random in any::<u64>()) {
            let mut attempt = Attempt { random, ..first(Failure::Store(&error), Repeat::Harmless) };
            while let Decision::Again { after, renewing } = policy.decide(&attempt) {
                attempt.number += 1;
                attempt.elapsed += after;
                attempt.renewed.clock |= renewing == Some(Renewal::Clock);
                attempt.renewed.credentials |= renewing == Some(Renewal::Credentials);
                prop_assert!(attempt.number <= policy.attempts + 2);
            }
        }

        #[test]
        fn more_luck_is_never_a_longer_wait(number in 1_u32..40, one in any::<u64>(), other in any::<u64>()) {
            let wait = |random| Policy::default().wait(&Attempt { number, random, ..first(Failure::Fault(Fault::Reset), Repeat::Harmless) });
            prop_assert!(wait(one.min(other)) <= wait(one.max(other)));
        }
    }
}
