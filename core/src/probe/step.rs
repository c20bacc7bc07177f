//! The table of steps: what each checks, for which use cases, whether it writes, and what it waits for.
//!
//! Source: the callers of `StorageService` in Langfuse v4.16.0. A use case gets only the requests that Langfuse makes
//! for it, so that an identity with the policy that `generate iam-policy` writes passes.

use crate::variable::UseCase;

use UseCase::{CoreData, Events, Exports, Media};

/// One step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "the table says what each is")]
pub enum Step {
    Configuration,
    Resolve,
    Connect,
    Tls,
    Server,
    Clock,
    Identity,
    Region,
    Bucket,
    MissingKey,
    List,
    DeleteRight,
    Put,
    Get,
    OddKey,
    LongKey,
    Parts,
    Abort,
    LinkHost,
    LinkResolve,
    LinkConnect,
    LinkTls,
    LinkGet,
    LinkPut,
    LinkChecksum,
    Cors,
    Csp,
    PublicAccess,
    Versioning,
    Lifecycle,
    Encryption,
    ObjectLock,
    Delete,
    Cleanup,
}

/// A step's row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The step.
    pub step: Step,
    /// Its name in reports.
    pub name: &'static str,
    /// What it checks: one phrase.
    pub asks: &'static str,
    /// The use cases that need it.
    pub use_cases: &'static [UseCase],
    /// Whether it applies to S3 only.
    pub only_s3: bool,
    /// Whether it writes, so that `--read-only` skips it.
    pub writes: bool,
    /// The steps that must pass first.
    pub after: &'static [Step],
    /// The steps that must end first, with any outcome.
    pub waits: &'static [Step],
}

const ALL: &[UseCase] = &[Events, Media, Exports, CoreData];

const PLAIN: Row = Row {
    step: Step::Configuration,
    name: "configuration",
    asks: "the settings: do they give an address and credentials?",
    use_cases: ALL,
    only_s3: false,
    writes: false,
    after: &[],
    waits: &[],
};

/// Every step, in the order of reports.
pub static STEPS: &[Row] = &[
    PLAIN,
    Row {
        step: Step::Resolve,
        name: "resolve",
        asks: "DNS lookup of the host that requests go to, including the bucket if the SDK puts it there",
        after: &[Step::Configuration],
        ..PLAIN
    },
    Row { step: Step::Connect, name: "connect", asks: "a TCP connection", after: &[Step::Resolve], ..PLAIN },
    Row {
        step: Step::Tls,
        name: "tls",
        asks: "the certificate: chain, dates and name, trusting the authorities in NODE_EXTRA_CA_CERTS",
        after: &[Step::Connect],
        ..PLAIN
    },
    Row {
        step: Step::Server,
        name: "server",
        asks: "signed GET of a missing object: is this an S3 (or Azure) endpoint?",
        after: &[Step::Tls],
        ..PLAIN
    },
    Row {
        step: Step::Clock,
        name: "clock",
        asks: "the same response: its Date against this machine's clock",
        after: &[Step::Server],
        ..PLAIN
    },
    Row {
        step: Step::Identity,
        name: "identity",
        asks: "the same response: are the keys accepted, and whose are they if none are configured?",
        after: &[Step::Clock],
        ..PLAIN
    },
    Row {
        step: Step::Region,
        name: "region",
        asks: "the same response: is this the bucket's region?",
        only_s3: true,
        after: &[Step::Identity],
        ..PLAIN
    },
    Row {
        step: Step::Bucket,
        name: "bucket",
        asks: "the same response: does the bucket or container exist, and is it named only once?",
        after: &[Step::Identity, Step::Region],
        ..PLAIN
    },
    Row {
        step: Step::MissingKey,
        name: "missing-key",
        asks: "the same response: NoSuchKey, or 403 if the identity may not list",
        use_cases: &[Events, Media, Exports],
        after: &[Step::Bucket],
        waits: &[Step::List],
        ..PLAIN
    },
    Row {
        step: Step::List,
        name: "list",
        asks: "a listing of one key under the prefix",
        use_cases: &[Events],
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::DeleteRight,
        name: "delete-right",
        asks: "DELETE of a missing key. Langfuse never deletes here; without the permission, the doctor skips writes that it couldn't clean up",
        use_cases: &[Exports, CoreData],
        only_s3: true,
        writes: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::Put,
        name: "put",
        asks: "PUT of a small JSON object with non-ASCII letters, with the use case's encryption",
        writes: true,
        after: &[Step::Bucket, Step::DeleteRight],
        ..PLAIN
    },
    Row {
        step: Step::Get,
        name: "get",
        asks: "GET of the same object, compared byte for byte",
        use_cases: &[Events, Media, Exports],
        writes: true,
        after: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::OddKey,
        name: "odd-key",
        asks: "PUT and GET of a key with a space, `+`, `=`, `&` and non-ASCII letters",
        use_cases: &[Events],
        writes: true,
        after: &[Step::Get],
        ..PLAIN
    },
    Row {
        step: Step::LongKey,
        name: "long-key",
        asks: "PUT of a key with a segment of 300 bytes, or of Langfuse's limit if that's shorter",
        use_cases: &[Events],
        writes: true,
        after: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::Parts,
        name: "parts",
        asks: "a multipart upload of two parts, 5 MiB and 1 KiB, completed (or aborted, without permission to delete)",
        use_cases: &[Exports, CoreData],
        writes: true,
        after: &[Step::Put],
        waits: &[Step::DeleteRight],
        ..PLAIN
    },
    Row {
        step: Step::Abort,
        name: "abort",
        asks: "start and abort a multipart upload",
        use_cases: &[Exports, CoreData],
        only_s3: true,
        writes: true,
        after: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::LinkHost,
        name: "link-host",
        asks: "the host of presigned URLs: can browsers reach it?",
        use_cases: &[Media, Exports],
        after: &[Step::Configuration],
        ..PLAIN
    },
    Row {
        step: Step::LinkResolve,
        name: "link-resolve",
        asks: "DNS lookup of the presigned URLs' host, if it's a different one",
        use_cases: &[Media, Exports],
        after: &[Step::LinkHost],
        ..PLAIN
    },
    Row {
        step: Step::LinkConnect,
        name: "link-connect",
        asks: "a TCP connection to that host",
        use_cases: &[Media, Exports],
        after: &[Step::LinkResolve],
        ..PLAIN
    },
    Row {
        step: Step::LinkTls,
        name: "link-tls",
        asks: "that host's certificate",
        use_cases: &[Media, Exports],
        after: &[Step::LinkConnect],
        ..PLAIN
    },
    Row {
        step: Step::LinkGet,
        name: "link-get",
        asks: "GET through a presigned URL, without credentials; for exports as a named download",
        use_cases: &[Media, Exports],
        after: &[Step::LinkTls],
        waits: &[Step::Get, Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::LinkPut,
        name: "link-put",
        asks: "PUT of 2 MiB through a presigned URL, with only the headers that Langfuse's SDKs send",
        use_cases: &[Media],
        writes: true,
        after: &[Step::LinkTls, Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::LinkChecksum,
        name: "link-checksum",
        asks: "PUT of a different body than the presigned URL's SHA-256, which must be rejected",
        use_cases: &[Media],
        only_s3: true,
        writes: true,
        after: &[Step::LinkTls, Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::Cors,
        name: "cors",
        asks: "a browser's preflight request for that upload, from Langfuse's page",
        use_cases: &[Media],
        after: &[Step::LinkTls],
        ..PLAIN
    },
    Row {
        step: Step::Csp,
        name: "csp",
        asks: "Langfuse's page: does its Content-Security-Policy allow media from and uploads to the presigned URLs' host?",
        use_cases: &[Media],
        after: &[Step::LinkHost],
        ..PLAIN
    },
    Row {
        step: Step::PublicAccess,
        name: "public-access",
        asks: "anonymous GET of the object (or the listing), which must be rejected",
        use_cases: ALL,
        after: &[Step::Bucket],
        waits: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::Versioning,
        name: "versioning",
        asks: "the bucket's versioning; a missing permission isn't an error",
        only_s3: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::Lifecycle,
        name: "lifecycle",
        asks: "the bucket's lifecycle rules; a missing permission isn't an error",
        only_s3: true,
        after: &[Step::Bucket],
        waits: &[Step::Versioning],
        ..PLAIN
    },
    Row {
        step: Step::Encryption,
        name: "encryption",
        asks: "the bucket's default encryption; a missing permission isn't an error",
        only_s3: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::ObjectLock,
        name: "object-lock",
        asks: "the bucket's Object Lock; a missing permission isn't an error",
        only_s3: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::Delete,
        name: "delete",
        asks: "DELETE of what was written, in one request with the checksum that Langfuse sends; on Azure one by one",
        use_cases: &[Events, Media],
        writes: true,
        after: &[Step::Bucket],
        waits: &[
            Step::Get,
            Step::OddKey,
            Step::LongKey,
            Step::LinkGet,
            Step::LinkPut,
            Step::LinkChecksum,
            Step::PublicAccess,
        ],
        ..PLAIN
    },
    Row {
        step: Step::Cleanup,
        name: "cleanup",
        asks: "deletion of everything that's left",
        writes: true,
        // It waits for every other step and runs even if they fail.
        ..PLAIN
    },
];

impl Step {
    /// Its row.
    #[must_use]
    pub fn row(self) -> &'static Row {
        STEPS.iter().find(|r| r.step == self).unwrap_or(&PLAIN)
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_waits_for_earlier_ones_only() {
        for (at, row) in STEPS.iter().enumerate() {
            assert_eq!(row.step.row().name, row.name);
            for before in row.after {
                assert!(STEPS[..at].iter().any(|r| r.step == *before), "{row:?}");
            }
            for before in row.waits {
                assert!(STEPS.iter().any(|r| r.step == *before && r.step != row.step), "{row:?}");
            }
        }
        let mut names: Vec<&str> = STEPS.iter().map(|r| r.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn a_use_case_gets_only_the_requests_that_langfuse_makes() {
        let asked = |use_case| -> Vec<&str> {
            STEPS.iter().filter(|r| r.writes && r.use_cases.contains(&use_case)).map(|r| r.name).collect()
        };
        assert_eq!(asked(Events), ["put", "get", "odd-key", "long-key", "delete", "cleanup"]);
        assert_eq!(asked(Media), ["put", "get", "link-put", "link-checksum", "delete", "cleanup"]);
        assert_eq!(asked(Exports), ["delete-right", "put", "get", "parts", "abort", "cleanup"]);
        assert_eq!(asked(CoreData), ["delete-right", "put", "parts", "abort", "cleanup"]);
        let lists = STEPS.iter().find(|r| r.name == "list").unwrap();
        assert_eq!(lists.use_cases, [Events]);
    }
}
