//! Virtual-hosted style under `localhost`: `<bucket>.localhost` resolves to loopback on most systems.

use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};

/// Reads a bucket from `<bucket>.localhost`; every other host is path style.
#[derive(Debug)]
pub(super) struct Localhost;

fn bucket(host: &str) -> Option<&str> {
    let name = host.split_once(':').map_or(host, |(name, _port)| name);
    name.strip_suffix(".localhost").filter(|bucket| !bucket.is_empty())
}

impl S3Host for Localhost {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        Ok(match bucket(host) {
            Some(bucket) => VirtualHost::new("localhost").with_bucket(bucket),
            None => VirtualHost::new(host),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_in_hosts() {
        assert_eq!(bucket("media.localhost:9000"), Some("media"));
        assert_eq!(bucket("a.b.localhost"), Some("a.b"));
        for host in ["localhost:9000", ".localhost", "store.internal:9000", "localhost.example", ""] {
            assert_eq!(bucket(host), None, "{host}");
        }
    }
}
