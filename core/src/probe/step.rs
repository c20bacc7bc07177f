//! The table of steps: what each asks, for which purposes, whether it writes, and what it waits for.
//!
//! Source: the callers of `StorageService` in Langfuse v4.16.0. A purpose is asked only what Langfuse asks of it, so that
//! an identity with the rights that `generate iam-policy` writes passes.

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
    /// What it asks: one phrase.
    pub asks: &'static str,
    /// The purposes that need it.
    pub purposes: &'static [UseCase],
    /// Whether it is one of S3's alone.
    pub only_s3: bool,
    /// Whether it writes, so that `--read-only` leaves it out.
    pub writes: bool,
    /// The steps that must have gone well before.
    pub after: &'static [Step],
    /// The steps that must be over before, however they went.
    pub waits: &'static [Step],
}

const ALL: &[UseCase] = &[Events, Media, Exports, CoreData];

const PLAIN: Row = Row {
    step: Step::Configuration,
    name: "configuration",
    asks: "whether the settings name a place, and somebody who signs",
    purposes: ALL,
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
        asks: "the host that is really called, with the bucket in it where the SDK puts it there",
        after: &[Step::Configuration],
        ..PLAIN
    },
    Row { step: Step::Connect, name: "connect", asks: "a TCP connection", after: &[Step::Resolve], ..PLAIN },
    Row {
        step: Step::Tls,
        name: "tls",
        asks: "the certificate: its chain, its time, its name, with the authorities of NODE_EXTRA_CA_CERTS",
        after: &[Step::Connect],
        ..PLAIN
    },
    Row {
        step: Step::Server,
        name: "server",
        asks: "an object that does not exist, signed: what answers, and does it speak the engine's language",
        after: &[Step::Tls],
        ..PLAIN
    },
    Row {
        step: Step::Clock,
        name: "clock",
        asks: "the same answer's Date beside this machine's time",
        after: &[Step::Server],
        ..PLAIN
    },
    Row {
        step: Step::Identity,
        name: "identity",
        asks: "the same answer: are key and secret accepted, and whose are they where none are configured",
        after: &[Step::Clock],
        ..PLAIN
    },
    Row {
        step: Step::Region,
        name: "region",
        asks: "the same answer: is the region the bucket's",
        only_s3: true,
        after: &[Step::Identity],
        ..PLAIN
    },
    Row {
        step: Step::Bucket,
        name: "bucket",
        asks: "the same answer: is there such a bucket or container, and is it named once",
        after: &[Step::Identity, Step::Region],
        ..PLAIN
    },
    Row {
        step: Step::MissingKey,
        name: "missing-key",
        asks: "the same answer: NoSuchKey, or 403 where the identity may not list",
        purposes: &[Events, Media, Exports],
        after: &[Step::Bucket],
        waits: &[Step::List],
        ..PLAIN
    },
    Row {
        step: Step::List,
        name: "list",
        asks: "one key under the prefix",
        purposes: &[Events],
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::DeleteRight,
        name: "delete-right",
        asks: "the deletion of a key that does not exist: Langfuse never deletes here, and without the right the doctor leaves out what it could not remove",
        purposes: &[Exports, CoreData],
        only_s3: true,
        writes: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::Put,
        name: "put",
        asks: "a small JSON object with letters outside ASCII, with the purpose's encryption",
        writes: true,
        after: &[Step::Bucket, Step::DeleteRight],
        ..PLAIN
    },
    Row {
        step: Step::Get,
        name: "get",
        asks: "the same object back, byte for byte",
        purposes: &[Events, Media, Exports],
        writes: true,
        after: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::OddKey,
        name: "odd-key",
        asks: "an object whose key holds a space, `+`, `=`, `&` and letters outside ASCII, written and read back",
        purposes: &[Events],
        writes: true,
        after: &[Step::Get],
        ..PLAIN
    },
    Row {
        step: Step::LongKey,
        name: "long-key",
        asks: "an object with a key segment of 300 bytes, or of the longest that Langfuse is told to make",
        purposes: &[Events],
        writes: true,
        after: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::Parts,
        name: "parts",
        asks: "an upload in two parts, 5 MiB and a little, put together (or given up, without the right to delete)",
        purposes: &[Exports, CoreData],
        writes: true,
        after: &[Step::Put],
        waits: &[Step::DeleteRight],
        ..PLAIN
    },
    Row {
        step: Step::Abort,
        name: "abort",
        asks: "an upload begun and given up",
        purposes: &[Exports, CoreData],
        only_s3: true,
        writes: true,
        after: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::LinkHost,
        name: "link-host",
        asks: "whether links are for a host that browsers can reach",
        purposes: &[Media, Exports],
        after: &[Step::Configuration],
        ..PLAIN
    },
    Row {
        step: Step::LinkResolve,
        name: "link-resolve",
        asks: "the host of links, where it is another one",
        purposes: &[Media, Exports],
        after: &[Step::LinkHost],
        ..PLAIN
    },
    Row {
        step: Step::LinkConnect,
        name: "link-connect",
        asks: "a TCP connection there",
        purposes: &[Media, Exports],
        after: &[Step::LinkResolve],
        ..PLAIN
    },
    Row {
        step: Step::LinkTls,
        name: "link-tls",
        asks: "the certificate there",
        purposes: &[Media, Exports],
        after: &[Step::LinkConnect],
        ..PLAIN
    },
    Row {
        step: Step::LinkGet,
        name: "link-get",
        asks: "the object through a link, without credentials; for exports as a download with a name",
        purposes: &[Media, Exports],
        after: &[Step::LinkTls],
        waits: &[Step::Get, Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::LinkPut,
        name: "link-put",
        asks: "an upload of 2 MiB through a link, with the headers that Langfuse's SDKs send and no others",
        purposes: &[Media],
        writes: true,
        after: &[Step::LinkTls, Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::LinkChecksum,
        name: "link-checksum",
        asks: "another body through a link that is bound to one body's SHA-256, which must be refused",
        purposes: &[Media],
        only_s3: true,
        writes: true,
        after: &[Step::LinkTls, Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::Cors,
        name: "cors",
        asks: "a browser's preflight for that upload, from a page of Langfuse",
        purposes: &[Media],
        after: &[Step::LinkTls],
        ..PLAIN
    },
    Row {
        step: Step::Csp,
        name: "csp",
        asks: "a page of Langfuse: does its Content-Security-Policy let media be shown and uploaded at the links' address",
        purposes: &[Media],
        after: &[Step::LinkHost],
        ..PLAIN
    },
    Row {
        step: Step::PublicAccess,
        name: "public-access",
        asks: "the object without credentials and without a link (or the list of keys), which must be refused",
        purposes: ALL,
        after: &[Step::Bucket],
        waits: &[Step::Put],
        ..PLAIN
    },
    Row {
        step: Step::Versioning,
        name: "versioning",
        asks: "whether the bucket keeps versions; no right to ask is no fault",
        only_s3: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::Lifecycle,
        name: "lifecycle",
        asks: "the bucket's lifecycle rules; no right to ask is no fault",
        only_s3: true,
        after: &[Step::Bucket],
        waits: &[Step::Versioning],
        ..PLAIN
    },
    Row {
        step: Step::Encryption,
        name: "encryption",
        asks: "the bucket's default encryption; no right to ask is no fault",
        only_s3: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::ObjectLock,
        name: "object-lock",
        asks: "whether the bucket locks objects; no right to ask is no fault",
        only_s3: true,
        after: &[Step::Bucket],
        ..PLAIN
    },
    Row {
        step: Step::Delete,
        name: "delete",
        asks: "the deletion of what was written, in one request with the checksum that Langfuse sends; on Azure one by one",
        purposes: &[Events, Media],
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
        asks: "the removal of everything that is still there",
        writes: true,
        // It waits for every other step, and no failure keeps it from being done.
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
    fn a_purpose_is_asked_only_what_langfuse_asks_of_it() {
        let asked = |use_case| -> Vec<&str> {
            STEPS.iter().filter(|r| r.writes && r.purposes.contains(&use_case)).map(|r| r.name).collect()
        };
        assert_eq!(asked(Events), ["put", "get", "odd-key", "long-key", "delete", "cleanup"]);
        assert_eq!(asked(Media), ["put", "get", "link-put", "link-checksum", "delete", "cleanup"]);
        assert_eq!(asked(Exports), ["delete-right", "put", "get", "parts", "abort", "cleanup"]);
        assert_eq!(asked(CoreData), ["delete-right", "put", "parts", "abort", "cleanup"]);
        let lists = STEPS.iter().find(|r| r.name == "list").unwrap();
        assert_eq!(lists.purposes, [Events]);
    }
}
