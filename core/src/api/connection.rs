//! Where browsers reach each bucket, for programs that make presigned URLs as Langfuse does.

use serde::{Serialize, Serializer};

use super::{Error, Options, Subject};
use crate::config::{Config, Engine};
use crate::storage::access::{Access, Identity, Place, link_endpoint};
use crate::text::secret::Secret;
use crate::variable::{Containers, UseCase};

/// A bucket as Langfuse's presigned URLs address it: what `presign` needs for one.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The use case.
    pub use_case: UseCase,
    /// The endpoint that browsers use; `null` for Amazon S3.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The prefix of its keys.
    pub prefix: String,
    /// Whether the bucket goes into the path instead of the host name.
    pub force_path_style: bool,
    /// The access key ID.
    pub access_key_id: String,
    /// The secret access key.
    #[cfg_attr(test, ts(type = "string"))]
    #[serde(serialize_with = "exposed")]
    pub secret_access_key: Secret,
}

fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Why presigned URLs of a use case can't be made from the configuration alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Unsignable {
    /// `presign` doesn't support the engine.
    Engine,
    /// Bucket, region or keys are missing, unknown or invalid.
    Incomplete,
}

/// A use case without a connection.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Unconnected {
    /// The use case.
    pub use_case: UseCase,
    /// The kind of reason, for programs.
    pub reason: Unsignable,
    /// The reason, without secrets.
    pub message: String,
}

/// The connections of a configuration. Both lists are empty if no web container receives any variable.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Connections {
    /// The use cases whose presigned URLs can be made, media first: browsers upload to its URLs.
    pub connections: Vec<Connection>,
    /// The others.
    pub unconnected: Vec<Unconnected>,
}

/// The use cases that the web container has access to.
const OF_WEB: [UseCase; 3] = [UseCase::Media, UseCase::Exports, UseCase::Events];

/// Where browsers reach each bucket, according to the web container's environment. Includes secrets.
///
/// # Errors
/// As [`super::check`].
pub fn connections(subject: &Subject, options: &Options) -> Result<Connections, Error> {
    let deployment = super::read(subject, options)?;
    let web = deployment.environment(Containers::WEB).filter(|_| !deployment.is_refused());
    let Some(web) = web else { return Ok(Connections::default()) };
    let config = Config::new(Containers::WEB, web);
    let mut all = Connections::default();
    for use_case in OF_WEB {
        match connection(&config, use_case) {
            Ok(connection) => all.connections.push(connection),
            Err((reason, message)) => all.unconnected.push(Unconnected { use_case, reason, message }),
        }
    }
    Ok(all)
}

fn connection(config: &Config<'_>, use_case: UseCase) -> Result<Connection, (Unsignable, String)> {
    let engine = || (Unsignable::Engine, format!("the configuration uses {}", config.engine.name()));
    if config.engine != Engine::S3 {
        return Err(engine());
    }
    let access = Access::new(config, use_case, &|_| None).map_err(|e| (Unsignable::Incomplete, e.to_string()))?;
    let Place::S3 { link_target, identity, .. } = access.place else { return Err(engine()) };
    let Identity::Keys(keys) = identity else {
        return Err((Unsignable::Incomplete, "no access keys are set: a role's exist only in the containers".into()));
    };
    let block = config.block(use_case);
    Ok(Connection {
        use_case,
        endpoint: link_endpoint(block).and_then(|e| e.text()).map(str::to_owned),
        region: link_target.region,
        bucket: link_target.bucket,
        prefix: access.prefix,
        force_path_style: block.forces_path_style(),
        access_key_id: keys.access_key_id,
        secret_access_key: keys.secret,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme\nLANGFUSE_S3_BATCH_EXPORT_REGION=auto\n\
        LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://minio:9000\nLANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true\n\
        LANGFUSE_S3_BATCH_EXPORT_PREFIX=exports/\n\
        LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=id\nLANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=secret\n";

    fn of(text: &str) -> Connections {
        connections(&Subject::Text(text.as_bytes().to_vec()), &Options::default()).unwrap()
    }

    #[test]
    fn links_go_to_the_external_endpoint_if_there_is_one() {
        let endpoint = |text: &str| of(text).connections.first().and_then(|c| c.endpoint.clone());
        assert_eq!(endpoint(BLOCK).as_deref(), Some("http://minio:9000"));
        let external = format!("{BLOCK}LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://store.example.com\n");
        assert_eq!(endpoint(&external).as_deref(), Some("https://store.example.com"));
        assert_eq!(endpoint(&BLOCK.replace("_ENDPOINT=http://minio:9000", "_ENDPOINT=")), None);
        let all = of(&external);
        let [exports] = all.connections.as_slice() else { panic!("{all:?}") };
        assert_eq!(
            (exports.use_case, exports.prefix.as_str(), exports.force_path_style),
            (UseCase::Exports, "exports/", true)
        );
        assert_eq!(all.unconnected.iter().map(|u| u.use_case).collect::<Vec<_>>(), [UseCase::Media, UseCase::Events]);
    }

    #[test]
    fn what_cannot_be_signed_says_why() {
        for (more, reason) in [
            ("LANGFUSE_USE_AZURE_BLOB=true", Unsignable::Engine),
            ("LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true", Unsignable::Engine),
            ("LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=", Unsignable::Incomplete),
            ("LANGFUSE_S3_BATCH_EXPORT_REGION=", Unsignable::Incomplete),
            ("LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=minio:9000", Unsignable::Incomplete),
        ] {
            let all = of(&format!("{BLOCK}{more}\n"));
            assert!(all.connections.is_empty(), "{more}: {all:?}");
            assert!(all.unconnected.iter().all(|u| u.reason == reason), "{more}: {all:?}");
            assert!(!format!("{all:?}").contains("secret"), "{more}");
        }
        let none = connections(&Subject::parse(r#"{"containers":{"worker":{"A":"1"}}}"#).unwrap(), &Options::default());
        assert!(none.is_ok_and(|c| c.connections.is_empty() && c.unconnected.is_empty()));
    }
}
