//! `docker-run`: a shell script that starts a MinIO for Langfuse on this machine.

use std::fmt::Write as _;

use super::plan::Plan;
use super::setting::Credential;
use super::{Error, Format, Id, Output};

/// The last image that the community edition published; Docker Hub no longer serves it.
/// Source: dbtrail/dbtrail#1632, makeplane/plane#9829.
const IMAGE: &str = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

/// Name of the container, its volume and, inside the network, its host.
const NAME: &str = "langfuse-store";

/// The network that Langfuse's containers join.
const NETWORK: &str = "langfuse";

pub(super) fn write(plan: &Plan) -> Result<Output, Error> {
    if plan.provider.id != "minio" {
        return Err(Error::wrong(
            Id::Provider,
            format!("no commands are known here that start {}", plan.provider.name),
            "Leave it out for MinIO; for a trial without Docker there is `langfuse-blob store`.",
        ));
    }
    if plan.bundled {
        return Err(Error::wrong(
            Id::Deployment,
            "the official compose file starts a MinIO of its own, on the same port",
            "Leave the deployment out for a store beside it, and give Langfuse that store's address.",
        ));
    }
    if plan.host_port == 9000 {
        return Err(Error::wrong(
            Id::HostPort,
            "9000 is ClickHouse's port in the official compose file",
            "Leave it out for 9090, or choose another.",
        ));
    }
    let (Some(id), Some(secret)) = (plan.credential(Credential::KeyId), plan.credential(Credential::Secret)) else {
        return Err(Error::Missing(vec![Id::AccessKeyId, Id::SecretAccessKey]));
    };
    if secret.chars().count() < 8 || id.chars().count() < 3 {
        return Err(Error::wrong(
            Id::SecretAccessKey,
            "MinIO refuses a key id under 3 and a secret under 8 characters",
            "Leave both out: they are made up.",
        ));
    }
    let port = plan.host_port;
    let buckets = plan.bucket_names();
    let folders: Vec<String> = buckets.iter().map(|b| format!("/data/{b}")).collect();
    let inside = format!("mkdir -p {} && exec minio server /data --console-address :9001", folders.join(" "));
    let mut out = format!(
        "#!/bin/sh\n\
         # A MinIO for Langfuse on this machine. Run it once; `docker start {NAME}` starts it again.\n\
         set -eu\n\n\
         # Langfuse's containers reach the store in this network, as http://{NAME}:9000.\n\
         docker network inspect {NETWORK} >/dev/null 2>&1 || docker network create {NETWORK}\n\n\
         # A volume with a name outlives the container.\n\
         docker volume create {NAME}\n\n\
         # Published for this machine alone. MinIO makes no bucket, and neither does Langfuse: a folder made before\n\
         # the start is one. The image is pinned: data of a newer MinIO may not be read by an older one.\n"
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
        "# Langfuse's side, once for each container, because links are opened from outside the network:\n\
         #   {variable}={} langfuse-blob generate env --provider minio \\\n\
         #     --endpoint http://{NAME}:9000 --store-public-url http://localhost:{port} \\\n\
         #     --access-key-id {}{names} --container web > web.env\n\
         # and the same with --container worker > worker.env\n",
        shell(secret),
        shell(id),
    );
    Ok(Output::new(Format::DockerRun, out)
        .note("It holds the password of the store: keep it where only you can read it."))
}

/// `text` as one word of a POSIX shell.
fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:@+=-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
