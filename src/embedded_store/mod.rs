//! The embedded store: a small S3 server for testing on one machine.
//!
//! It keeps buckets in a directory and supports the part of S3 that storage clients use: buckets, objects,
//! listings, multipart uploads, copies, presigned URLs and CORS. One access key has all permissions. It's meant
//! for loopback: it has no TLS, and it doesn't fsync.
//!
//! On disk, `<data_dir>/buckets/<bucket>/objects/` has two files per object. `<hash>.json` is its metadata,
//! where `<hash>` is the lower-case hex SHA-256 of the key, and `<hash>.<unique>` its bytes. The metadata
//! names the file with the bytes, so replacing the metadata file replaces both at once.
//!
//! s3s logs through `tracing`; at debug level it logs calculated signatures, but never the secret.

mod auth;
mod bucket;
mod catalog;
mod checksum;
mod clock;
mod conditions;
mod copy;
mod cors;
mod disk;
mod drain;
mod error;
mod host;
mod list_objects;
mod list_uploads;
mod listing;
mod middleware;
mod multipart;
mod object;
mod read;
mod receive;
mod record;
mod region;
mod server;
mod service;
mod unsupported;
mod upload;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use s3s::auth::SecretKey;
use s3s::service::S3ServiceBuilder;

use auth::SingleKey;
use catalog::Catalog;
pub use error::Error;
use host::Localhost;
use middleware::Middleware;
use service::Service;

/// How to open a [`Store`].
#[derive(Clone)]
pub struct Options {
    /// The directory of the buckets; created if missing. Only one store can have it open.
    pub data_dir: PathBuf,
    /// The region requests must be signed for: lower-case letters, digits and hyphens.
    pub region: String,
    /// The access key ID requests must be signed with: letters, digits, `-`, `_` and `.`.
    pub access_key_id: String,
    /// The secret access key; not empty.
    pub secret_access_key: String,
    /// Buckets to create if they're missing. Other buckets in the directory are served as well.
    pub buckets: Vec<String>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("data_dir", &self.data_dir)
            .field("region", &self.region)
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &"[redacted]")
            .field("buckets", &self.buckets)
            .finish()
    }
}

/// An opened store, ready to serve.
#[derive(Debug)]
pub struct Store {
    middleware: Middleware,
    damaged: Vec<PathBuf>,
}

impl Store {
    /// Opens the data directory: reads every metadata file, removes what a crash left half-written, and creates
    /// missing buckets. It blocks on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Region`], [`Error::AccessKeyId`], [`Error::SecretAccessKey`] and [`Error::BucketName`] for
    /// invalid options, [`Error::InUse`] if another store has the directory open, and [`Error::Io`] if the
    /// directory can't be read or written.
    pub fn open(options: Options) -> Result<Self, Error> {
        if s3s::region::Region::new(options.region.as_str().into()).is_err() {
            return Err(Error::Region(options.region));
        }
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if options.access_key_id.is_empty() || !options.access_key_id.bytes().all(is_plain) {
            return Err(Error::AccessKeyId);
        }
        if options.secret_access_key.is_empty() {
            return Err(Error::SecretAccessKey);
        }
        let region: Arc<str> = options.region.as_str().into();
        let (catalog, damaged) = Catalog::open(&options.data_dir, options.region, &options.buckets)?;
        let mut builder = S3ServiceBuilder::new(Service { catalog: Arc::new(catalog) });
        builder.set_host(Localhost);
        builder.set_auth(SingleKey {
            access_key_id: options.access_key_id,
            secret_access_key: SecretKey::from(options.secret_access_key),
        });
        let middleware = Middleware { s3: builder.build(), region };
        Ok(Self { middleware, damaged })
    }

    /// Files and directories that couldn't be read on open. They aren't served and stay as they are.
    #[must_use]
    pub fn damaged(&self) -> &[PathBuf] {
        &self.damaged
    }

    /// Serves S3 on `listener` until `shutdown` completes; requests in flight then have 5 seconds to finish.
    ///
    /// # Errors
    ///
    /// [`Error::Accept`] if the listener keeps failing for 5 seconds.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        server::serve(self.middleware, listener, shutdown).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use disk::tests::Scratch;

    fn options(scratch: &Scratch) -> Options {
        Options {
            data_dir: scratch.0.join("data"),
            region: "eu-west-1".to_owned(),
            access_key_id: "AKID".to_owned(),
            secret_access_key: "s3cr3t-value".to_owned(),
            buckets: vec!["first".to_owned()],
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        let scratch = Scratch::new();
        let options = options(&scratch);
        assert!(!format!("{options:?}").contains("s3cr3t-value"));
        let store = Store::open(options).unwrap();
        assert!(!format!("{store:?}").contains("s3cr3t-value"));
    }

    #[test]
    fn one_store_per_directory() {
        let scratch = Scratch::new();
        let store = Store::open(options(&scratch)).unwrap();
        assert!(matches!(Store::open(options(&scratch)), Err(Error::InUse(_))));
        drop(store);
        assert!(Store::open(options(&scratch)).is_ok());
    }

    #[test]
    fn invalid_options_are_refused() {
        let scratch = Scratch::new();
        let open = |change: fn(&mut Options)| {
            let mut options = options(&scratch);
            change(&mut options);
            Store::open(options).err()
        };
        assert!(matches!(open(|o| o.region = "EU West".to_owned()), Some(Error::Region(_))));
        assert!(matches!(open(|o| o.access_key_id = "a/b".to_owned()), Some(Error::AccessKeyId)));
        assert!(matches!(open(|o| o.secret_access_key.clear()), Some(Error::SecretAccessKey)));
        for name in ["..", "../up", "Upper", "a", "a/b", "", "1.2.3.4"] {
            let mut options = options(&scratch);
            options.buckets = vec![name.to_owned()];
            assert!(matches!(Store::open(options), Err(Error::BucketName(_))), "{name}");
        }
    }
}
