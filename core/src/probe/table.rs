//! The table of steps. A row is next to its functions, in `steps/`; a step without a row doesn't compile.
//!
//! Source: the callers of `StorageService` in Langfuse v4.16.0. A use case gets only the requests that Langfuse makes
//! for it, so that an identity with the policy that `generate iam-policy` writes passes.

use super::row::Row;
use super::step::Step;
use super::steps::{bucket_settings, cleanup, configuration, csp, multipart, network, object, presigned, server};

/// The row of a step.
#[must_use]
pub fn row(step: Step) -> &'static Row {
    match step {
        Step::Configuration => &configuration::CONFIGURATION,
        Step::Resolve => &network::RESOLVE,
        Step::Connect => &network::CONNECT,
        Step::Tls => &network::TLS,
        Step::Server => &server::SERVER,
        Step::Clock => &server::CLOCK,
        Step::Identity => &server::IDENTITY,
        Step::Region => &server::REGION,
        Step::Bucket => &server::BUCKET,
        Step::MissingKey => &server::MISSING_KEY,
        Step::List => &object::LIST,
        Step::DeleteRight => &object::DELETE_RIGHT,
        Step::Put => &object::PUT,
        Step::Get => &object::GET,
        Step::OddKey => &object::ODD_KEY,
        Step::LongKey => &object::LONG_KEY,
        Step::Parts => &multipart::PARTS,
        Step::Abort => &multipart::ABORT,
        Step::LinkHost => &network::LINK_HOST,
        Step::LinkResolve => &network::LINK_RESOLVE,
        Step::LinkConnect => &network::LINK_CONNECT,
        Step::LinkTls => &network::LINK_TLS,
        Step::LinkGet => &presigned::LINK_GET,
        Step::LinkPut => &presigned::LINK_PUT,
        Step::LinkChecksum => &presigned::LINK_CHECKSUM,
        Step::Cors => &presigned::CORS,
        Step::Csp => &csp::CSP,
        Step::PublicAccess => &presigned::PUBLIC_ACCESS,
        Step::Versioning => &bucket_settings::VERSIONING,
        Step::Lifecycle => &bucket_settings::LIFECYCLE,
        Step::Encryption => &bucket_settings::ENCRYPTION,
        Step::ObjectLock => &bucket_settings::OBJECT_LOCK,
        Step::Delete => &cleanup::DELETE,
        Step::Cleanup => &cleanup::CLEANUP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variable::UseCase::{self, CoreData, Events, Exports, Media};

    #[test]
    fn every_step_waits_for_earlier_ones_only() {
        for (at, step) in Step::ALL.iter().enumerate() {
            let row = row(*step);
            assert_eq!(row.step, *step);
            for before in row.after {
                assert!(Step::ALL[..at].contains(before), "{row:?}");
            }
            assert!(!row.waits.contains(step), "{row:?}");
        }
    }

    #[test]
    fn a_use_case_gets_only_the_requests_that_langfuse_makes() {
        let writes = |use_case: UseCase| -> Vec<&str> {
            let rows = Step::ALL.iter().map(|s| row(*s));
            rows.filter(|r| r.writes && r.use_cases.contains(&use_case)).map(|r| r.step.name()).collect()
        };
        assert_eq!(writes(Events), ["put", "get", "odd-key", "long-key", "delete", "cleanup"]);
        assert_eq!(writes(Media), ["put", "get", "link-put", "link-checksum", "delete", "cleanup"]);
        assert_eq!(writes(Exports), ["delete-right", "put", "get", "parts", "abort", "cleanup"]);
        assert_eq!(writes(CoreData), ["delete-right", "put", "parts", "abort", "cleanup"]);
        assert_eq!(row(Step::List).use_cases, [Events]);
    }
}
