//! Whether the bucket goes into the host name or the path, as the AWS SDK for JavaScript decides.

use super::Block;
use super::endpoint::Endpoint;

/// The style that the SDK will use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// `https://bucket.host/key`.
    VirtualHosted,
    /// `https://host/bucket/key`.
    Path,
}

/// The style for `bucket` at `endpoint` (`None`: Amazon S3). Observed with `@aws-sdk/client-s3` 3.1074.0: with an IP
/// address, or a bucket that isn't a host label, it uses path style even with `_FORCE_PATH_STYLE=false`; so it does for
/// a dot in the bucket on https and on Amazon S3, but on plain http only if a part of the bucket isn't a host label.
#[must_use]
pub fn style(force_path_style: bool, bucket: &str, endpoint: Option<&Endpoint<'_>>) -> Style {
    let https = endpoint.is_none_or(|e| e.https);
    let is_ip = endpoint.is_some_and(|e| e.ip.is_some());
    if force_path_style || is_ip || !is_dns_label(bucket) || (https && bucket.contains('.')) {
        Style::Path
    } else {
        Style::VirtualHosted
    }
}

/// The style of a use case.
#[must_use]
pub fn style_of(block: &Block<'_>) -> Style {
    style(block.forces_path_style(), super::text(block.bucket).unwrap_or(""), block.endpoint_url())
}

/// Whether a bucket name can be part of a host name: labels of 3 to 63 of `a-z0-9-` with a letter or digit at both
/// ends, dots between them. `b.with.dots` can't, because its first label is too short for the SDK.
#[must_use]
pub fn is_dns_label(bucket: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    bucket.split('.').map(str::as_bytes).all(|label| {
        (3..=63).contains(&label.len())
            && edge(label.first())
            && edge(label.last())
            && label.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_as_the_sdk_does() {
        let at = |url: &'static str| Endpoint::parse(url).unwrap();
        let (minio, ip, https) = (at("http://minio:9000"), at("http://10.0.0.5:9000"), at("https://s3.example.com"));
        assert_eq!(style(false, "langfuse", Some(&minio)), Style::VirtualHosted);
        assert_eq!(style(true, "langfuse", Some(&minio)), Style::Path);
        assert_eq!(style(false, "langfuse", Some(&ip)), Style::Path);
        assert_eq!(style(false, "a.b.c", Some(&https)), Style::Path);
        assert_eq!(style(false, "abc.def.ghi", Some(&minio)), Style::VirtualHosted);
        assert_eq!(style(false, "abc.def.ghi", Some(&https)), Style::Path);
        assert_eq!(style(false, "abc.def.ghi", None), Style::Path);
        assert_eq!(style(false, "b.with.dots", Some(&minio)), Style::Path);
        for bucket in ["192.168.1.1", "abc.-def", "abc.", ".abc", "abc..def", "abc.Def", "ab", "abc_def", ""] {
            assert_eq!(style(false, bucket, Some(&minio)), Style::Path, "{bucket}");
        }
        assert_eq!(style(false, "Langfuse", None), Style::Path);
        assert_eq!(style(false, "langfuse", None), Style::VirtualHosted);
    }
}
