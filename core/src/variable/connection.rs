//! The four connection blocks: events, media, exports, core data, from one template.

use super::row::{Chart, Compose, Containers, Kind, Presence, Role, UseCase, Variable, Version, chart_key, stem};
use super::{Var, find_in_const};

/// How the blocks differ.
struct Block {
    use_case: UseCase,
    /// Who reads the block.
    readers: Containers,
    /// Who reads prefix and encryption; web doesn't for exports.
    writers: Containers,
    bucket: Presence,
    /// Forwarded by the official compose file, with this default prefix.
    compose_prefix: Option<&'static str>,
}

const SSE: [&str; 2] = ["AES256", "aws:kms"];
const SINCE_SSE: Version = Version { major: 3, minor: 62, patch: 0 };

macro_rules! block {
    ($use_case:ident, $what:literal, $block:expr) => {{
        const B: Block = $block;
        const fn base(role: Role, name: &'static str, kind: Kind, readers: Containers, doc: &'static str) -> Variable {
            let mut row = Variable::new(name, kind, readers, doc);
            row.use_case = Some(B.use_case);
            row.role = Some(role);
            row
        }
        const fn wrapped(mut row: Variable, web: &'static str, worker: &'static str, chart: &'static str, emitted: &'static str) -> Variable {
            if B.compose_prefix.is_some() {
                row.compose = Some(Compose { web, worker });
            }
            if !chart.is_empty() && !matches!(B.use_case, UseCase::CoreData) {
                row.chart = Some(Chart { path: chart, default: emitted });
            }
            row
        }
        [
            wrapped(
                base(Role::Bucket, concat!(stem!($use_case), "_BUCKET"), Kind::Bucket, B.readers,
                    concat!("Bucket that holds ", $what, "; the container on Azure. Langfuse never creates an S3 bucket.")).presence(B.bucket),
                "langfuse", "langfuse", concat!("s3.", chart_key!($use_case), ".bucket"), "langfuse"),
            wrapped(
                base(Role::Prefix, concat!(stem!($use_case), "_PREFIX"), Kind::Prefix, B.writers,
                    concat!("Prepended literally to every key of ", $what, ", so it must end in `/`. Empty: the bucket's root.")).default(""),
                match B.compose_prefix { Some(p) => p, None => "" }, match B.compose_prefix { Some(p) => p, None => "" },
                concat!("s3.", chart_key!($use_case), ".prefix"), ""),
            wrapped(
                base(Role::Region, concat!(stem!($use_case), "_REGION"), Kind::Region, B.readers,
                    concat!("Region that requests for ", $what, " are signed for. The S3 client requires one, even with an endpoint."))
                    .presence(Presence::When("on the S3 engine, unless AWS_REGION or a profile gives one")),
                "auto", "auto", concat!("s3.", chart_key!($use_case), ".region"), "auto"),
            wrapped(
                base(Role::Endpoint, concat!(stem!($use_case), "_ENDPOINT"), Kind::Endpoint, B.readers,
                    concat!("URL of the store for ", $what, ", with scheme, without the bucket. Unset: Amazon S3 in the region."))
                    .presence(Presence::When("the store isn't Amazon S3, and always on Azure")),
                if matches!(B.use_case, UseCase::Media) { "http://localhost:9090" } else { "http://minio:9000" }, "http://minio:9000",
                concat!("s3.", chart_key!($use_case), ".endpoint"), ""),
            wrapped(
                base(Role::AccessKeyId, concat!(stem!($use_case), "_ACCESS_KEY_ID"), Kind::KeyId, B.readers,
                    concat!("Access key ID for ", $what, "; the account name on Azure. Used only together with the secret, otherwise Langfuse uses the AWS SDK's default credential chain."))
                    .presence(Presence::When("the store doesn't support AWS roles, and always on Azure")),
                "minio", "minio", concat!("s3.", chart_key!($use_case), ".accessKeyId"), ""),
            wrapped(
                base(Role::SecretAccessKey, concat!(stem!($use_case), "_SECRET_ACCESS_KEY"), Kind::Secret, B.readers,
                    concat!("Secret access key for ", $what, "; the account key on Azure. Used only together with the key ID."))
                    .presence(Presence::When("the store doesn't support AWS roles, and always on Azure")).secret(),
                "miniosecret", "miniosecret", concat!("s3.", chart_key!($use_case), ".secretAccessKey"), ""),
            wrapped(
                base(Role::ForcePathStyle, concat!(stem!($use_case), "_FORCE_PATH_STYLE"), Kind::Boolean, B.readers,
                    concat!("`true` puts the bucket into the path instead of the host name for ", $what, ". MinIO and SeaweedFS need it.")).default("false"),
                "true", "true", concat!("s3.", chart_key!($use_case), ".forcePathStyle"), "true"),
            {
                let mut row = base(Role::Sse, concat!(stem!($use_case), "_SSE"), Kind::Choice(&SSE), B.writers,
                    concat!("Server-side encryption to request when writing ", $what, "."));
                row.since = Some(SINCE_SSE);
                row
            },
            {
                let mut row = base(Role::SseKmsKeyId, concat!(stem!($use_case), "_SSE_KMS_KEY_ID"), Kind::KmsKey, B.writers,
                    concat!("KMS key for ", $what, "; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key."));
                row.since = Some(SINCE_SSE);
                row
            },
        ]
    }};
}

const EVENTS: [Variable; 9] = block!(
    Events,
    "raw events",
    Block {
        use_case: UseCase::Events,
        readers: Containers::BOTH,
        writers: Containers::BOTH,
        bucket: Presence::Required,
        compose_prefix: Some("events/"),
    }
);

const MEDIA: [Variable; 9] = block!(
    Media,
    "media",
    Block {
        use_case: UseCase::Media,
        readers: Containers::BOTH,
        writers: Containers::BOTH,
        bucket: Presence::When("media (multi-modal tracing) is used"),
        compose_prefix: Some("media/"),
    }
);

const EXPORTS: [Variable; 9] = block!(
    Exports,
    "batch exports",
    Block {
        use_case: UseCase::Exports,
        readers: Containers::BOTH,
        writers: Containers::WORKER,
        bucket: Presence::When("LANGFUSE_S3_BATCH_EXPORT_ENABLED is `true`"),
        compose_prefix: Some("exports/"),
    }
);

const CORE: [Variable; 9] = block!(
    CoreData,
    "core data",
    Block {
        use_case: UseCase::CoreData,
        readers: Containers::WORKER,
        writers: Containers::WORKER,
        bucket: Presence::When("LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED is `true`"),
        compose_prefix: None,
    }
);

/// Variables of only one block.
const OWN: [Variable; 5] = [
    {
        let mut row = Variable::new(
            "LANGFUSE_S3_BATCH_EXPORT_ENABLED",
            Kind::Boolean,
            Containers::WORKER,
            "Whether the worker runs batch exports. Unless it's `true`, every export requested in the UI fails.",
        )
        .default("false")
        .forwarded("false")
        .chart("s3.batchExport.enabled", "true");
        row.use_case = Some(UseCase::Exports);
        row.role = Some(Role::Enabled);
        row
    },
    {
        let mut row = Variable::new(
            "LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT",
            Kind::Endpoint,
            Containers::BOTH,
            "URL at which browsers reach the export store: download links are signed for it. On Azure, it includes the container. Only exports have one.",
        )
        .since(3, 43)
        .forwarded("http://localhost:9090");
        row.use_case = Some(UseCase::Exports);
        row.role = Some(Role::ExternalEndpoint);
        row
    },
    {
        let mut row = Variable::new(
            "LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED",
            Kind::Boolean,
            Containers::BOTH,
            "Whether the worker writes core data (JSON Lines per table) to its bucket. Meant for Langfuse Cloud.",
        )
        .default("false");
        row.use_case = Some(UseCase::CoreData);
        row.role = Some(Role::Enabled);
        row
    },
    unused(Variable::new(
        "LANGFUSE_S3_CORE_DATA_EXPORT_SSE",
        Kind::Choice(&SSE),
        Containers::BOTH,
        "Declared, but no code reads it: Langfuse reads LANGFUSE_S3_CORE_DATA_UPLOAD_SSE.",
    )),
    unused(Variable::new(
        "LANGFUSE_S3_CORE_DATA_EXPORT_SSE_KMS_KEY_ID",
        Kind::KmsKey,
        Containers::BOTH,
        "Declared, but no code reads it: Langfuse reads LANGFUSE_S3_CORE_DATA_UPLOAD_SSE_KMS_KEY_ID.",
    )),
];

const fn unused(mut row: Variable) -> Variable {
    row.unused = true;
    row
}

pub(super) static ROWS: [Variable; 41] = {
    let mut rows = [OWN[0]; 41];
    let blocks: [&[Variable]; 5] = [&EVENTS, &MEDIA, &EXPORTS, &CORE, &OWN];
    let (mut at, mut block) = (0, 0);
    while block < blocks.len() {
        let mut row = 0;
        while row < blocks[block].len() {
            rows[at] = blocks[block][row];
            at += 1;
            row += 1;
        }
        block += 1;
    }
    rows
};

/// The variable with `role` for `use_case`; `None` if there is none, such as an external endpoint for media.
#[must_use]
pub fn slot(use_case: UseCase, role: Role) -> Option<Var> {
    SLOTS.get(use_case as usize)?.get(role as usize).copied().flatten()
}

static SLOTS: [[Option<Var>; 11]; 4] = {
    let mut slots = [[None; 11]; 4];
    let mut at = 0;
    while at < ROWS.len() {
        if let (Some(use_case), Some(role)) = (ROWS[at].use_case, ROWS[at].role) {
            slots[use_case as usize][role as usize] = find_in_const(ROWS[at].name);
        }
        at += 1;
    }
    slots
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_match_their_rows() {
        assert_eq!(slot(UseCase::Media, Role::ExternalEndpoint), None);
        let name = |u, r| slot(u, r).map(Var::name);
        assert_eq!(name(UseCase::Exports, Role::ExternalEndpoint), Some("LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT"));
        assert_eq!(name(UseCase::CoreData, Role::Enabled), Some("LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED"));
        for use_case in UseCase::ALL {
            for role in Role::ALL {
                if let Some(v) = slot(use_case, role) {
                    assert_eq!((v.row().use_case, v.row().role), (Some(use_case), Some(role)));
                }
            }
        }
    }
}
