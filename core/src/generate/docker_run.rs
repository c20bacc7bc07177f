//! `docker-run`: a shell script that starts MinIO for Langfuse on this machine.

use std::fmt::Write as _;

use super::field::STARTABLE;
use super::plan::ConfigPlan;
use super::setting::Credential;
use super::shell::shell;
use super::{Error, Id, Output, OutputFormat};

/// The community edition's last published image; Docker Hub no longer serves it.
/// Source: dbtrail/dbtrail#1632, makeplane/plane#9829.
const IMAGE: &str = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

/// The name of the container, its volume and its host on the network.
const NAME: &str = "langfuse-store";

/// The network that Langfuse's containers join.
const NETWORK: &str = "langfuse";

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    if plan.provider.id != STARTABLE {
        return Err(Error::wrong(
            Id::Provider,
            format!("no commands are available that start {}", plan.provider.name),
            "Leave it out for MinIO; for a trial without Docker, use `langfuse-blob store`.",
        ));
    }
    if plan.bundled {
        return Err(Error::wrong(
            Id::Deployment,
            "the official compose file already starts MinIO, on the same port",
            "Leave --deployment out for a separate store, and give Langfuse that store's URL.",
        ));
    }
    if plan.host_port == 9000 {
        return Err(Error::wrong(
            Id::HostPort,
            "9000 is ClickHouse's port in the official compose file",
            "Leave it out for 9090, or choose another port.",
        ));
    }
    let (Some(id), Some(secret)) = (plan.credential(Credential::KeyId), plan.credential(Credential::Secret)) else {
        return Err(Error::Missing(vec![Id::AccessKeyId, Id::SecretAccessKey]));
    };
    if secret.chars().count() < 8 || id.chars().count() < 3 {
        return Err(Error::wrong(
            Id::SecretAccessKey,
            "MinIO requires a key ID of at least 3 and a secret of at least 8 characters",
            "Leave both out to generate them.",
        ));
    }
    let port = plan.host_port;
    let buckets = plan.bucket_names();
    let directories: Vec<String> = buckets.iter().map(|b| format!("/data/{b}")).collect();
    let inside = format!("mkdir -p {} && exec minio server /data --console-address :9001", directories.join(" "));
    let mut out = format!(
        "#!/bin/sh\n\
         # MinIO for Langfuse on this machine. Run this once; `docker start {NAME}` starts it again.\n\
         set -eu\n\n\
         # Langfuse's containers reach the store on this network, at http://{NAME}:9000.\n\
         docker network inspect {NETWORK} >/dev/null 2>&1 || docker network create {NETWORK}\n\n\
         # A named volume outlives the container.\n\
         docker volume create {NAME}\n\n\
         # Published on this machine only. Neither MinIO nor Langfuse creates buckets: a directory created before startup\n\
         # is one. The image is pinned: an older MinIO may not be able to read a newer one's data.\n"
    );
    let _ = write!(
        out,
        "docker run --detach --name {NAME} --restart unless-stopped \\\n  --network {NETWORK} --publish 127.0.0.1:{port}:9000 \\\n  --volume {NAME}:/data \\\n  --env MINIO_ROOT_USER={} \\\n  --env MINIO_ROOT_PASSWORD={} \\\n  --entrypoint sh {IMAGE} \\\n  -c {}\n\n",
        shell(id),
        shell(secret),
        shell(&inside)
    );
    let names = if plan.separate {
        plan.buckets.iter().fold(String::new(), |mut flags, b| {
            let _ = write!(flags, " --{} {}", Id::bucket_of(b.use_case).name(), b.name);
            flags
        })
    } else {
        buckets.first().map_or(String::new(), |name| format!(" --bucket {name}"))
    };
    let variable = Id::SecretAccessKey.variable().unwrap_or_default();
    let _ = write!(
        out,
        "# Langfuse's side, once per container, because presigned URLs are opened from outside the network:\n\
         #   {variable}={} langfuse-blob generate env --provider minio \\\n\
         #     --endpoint http://{NAME}:9000 --store-public-url http://localhost:{port} \\\n\
         #     --access-key-id {}{names} --container web > web.env\n\
         # and the same with --container worker > worker.env\n",
        shell(secret),
        shell(id),
    );
    Ok(Output::new(OutputFormat::DockerRun, out)
        .note("It contains the store's password: keep it where only you can read it."))
}
