//! Where requests go: scheme, host and path of a bucket, as the AWS SDK for JavaScript makes them.

use std::fmt::{self, Write as _};

use crate::config::addressing::{Style, style};
use crate::config::endpoint::{Endpoint, EndpointError};
use crate::sign::encode;

/// A bucket at a store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The bucket.
    pub bucket: String,
    /// The region as configured.
    pub region: String,
    /// How the bucket is addressed.
    pub addressing: Style,
    https: bool,
    host: String,
    base: String,
}

/// Why there is no target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetError {
    /// The endpoint isn't a URL.
    Endpoint(EndpointError),
    /// The endpoint's host isn't ASCII, or is a number but not a dotted IPv4 address.
    Host,
    /// The endpoint's path has a `.` or `..` segment.
    Path,
    /// No region.
    RegionMissing,
    /// The region can't be part of a host name; the SDK throws "Region not accepted".
    Region,
    /// No bucket.
    BucketMissing,
    /// A slash in the bucket; the SDK throws `InvalidBucketName`.
    BucketSlash,
    /// An access point's ARN, or a directory bucket (`--x-s3`): these are signed differently.
    BucketKind,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Endpoint(EndpointError::NoScheme) => "the endpoint has no scheme: `https://` or `http://` is missing",
            Self::Endpoint(EndpointError::WrongScheme) => "the endpoint's scheme is neither https nor http",
            Self::Endpoint(EndpointError::NoHost) => "the endpoint has no host",
            Self::Endpoint(EndpointError::BadHost) => "the endpoint's host contains an invalid character",
            Self::Endpoint(EndpointError::BadPort) => "the endpoint's port isn't a number from 1 to 65535",
            Self::Endpoint(EndpointError::TwoSchemes) => "the endpoint has its scheme twice",
            Self::Host => "the endpoint's host must be ASCII, and an IP address must have four numbers",
            Self::Path => "the endpoint's path has a `.` or `..` segment",
            Self::RegionMissing => "the region is empty",
            Self::Region => "the region can't be part of a host name: expected at most 63 letters, digits and dashes",
            Self::BucketMissing => "the bucket is empty",
            Self::BucketSlash => "the bucket name contains a slash",
            Self::BucketKind => "access point ARNs and directory buckets are not supported",
        })
    }
}

impl std::error::Error for TargetError {}

/// The suffix of Amazon's hosts by region prefix. The first match applies.
/// Source: the partitions of `@aws-sdk/client-s3` 3.1074.0.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "amazonaws.com.cn"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("eusc-", "amazonaws.eu"),
    ("", "amazonaws.com"),
];

/// Whether `labels`, a host under Amazon's domain without that domain, name the service S3: `s3`, `s3.REGION`,
/// `s3.dualstack.REGION`, `s3-REGION`, `s3express-ZONE.REGION`, `s3.REGION.vpce`; a bucket may be before them.
fn is_s3_service(labels: &str) -> bool {
    let mut last = labels.rsplit('.');
    let service = match (last.next(), last.next(), last.next()) {
        (Some("vpce"), Some(_), Some(service)) | (Some(_), Some("dualstack"), Some(service)) => service,
        (Some(first), ..) if first == "s3" || first.starts_with("s3-") => return true,
        (Some(_), Some(service), _) => service,
        _ => return false,
    };
    service.starts_with("s3express-")
        || matches!(service, "s3" | "s3-fips" | "s3-accesspoint" | "s3-accesspoint-fips" | "s3-object-lambda")
}

impl Target {
    /// `bucket` at `endpoint`; without one, or with an empty one, at Amazon S3 in `region`. User-info, query and
    /// fragment of the endpoint are ignored, as the SDK ignores them.
    ///
    /// # Errors
    /// [`TargetError`] if the SDK also refuses, or would sign differently.
    pub fn new(
        endpoint: Option<&str>,
        region: &str,
        bucket: &str,
        force_path_style: bool,
    ) -> Result<Self, TargetError> {
        check_region(region)?;
        if bucket.is_empty() {
            return Err(TargetError::BucketMissing);
        }
        if bucket.starts_with("arn:") || bucket.ends_with("--x-s3") {
            return Err(TargetError::BucketKind);
        }
        if bucket.contains('/') {
            return Err(TargetError::BucketSlash);
        }
        let endpoint = endpoint.map(str::trim).filter(|e| !e.is_empty()).map(Endpoint::parse).transpose();
        let endpoint = endpoint.map_err(TargetError::Endpoint)?;
        let addressing = style(force_path_style, bucket, endpoint.as_ref());
        let (https, mut host, mut base) = match &endpoint {
            Some(endpoint) => (endpoint.https, host_of(endpoint)?, base_of(endpoint)?),
            None => (true, amazon_host(region), String::new()),
        };
        match addressing {
            Style::VirtualHosted => host = format!("{bucket}.{host}"),
            Style::Path => {
                base.push('/');
                encode::push_query(&mut base, bucket);
            }
        }
        Ok(Self { bucket: bucket.to_owned(), region: region.to_owned(), addressing, https, host, base })
    }

    /// Whether requests go to Amazon S3 itself, over TLS and on its own port. Other hosts under Amazon's domains, such
    /// as those of API Gateway or a load balancer, belong to Amazon's customers.
    /// Source: AWS General Reference, "Amazon S3 endpoints and quotas"; Amazon S3 user guide, "AWS `PrivateLink`".
    #[must_use]
    pub fn is_amazon_s3(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        let own = PARTITIONS.iter().find_map(|(_, suffix)| host.strip_suffix(suffix)?.strip_suffix('.'));
        self.https && own.is_some_and(is_s3_service)
    }

    /// The `Host` header: with the port only if it isn't the scheme's default.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `scheme://host[:port]`.
    #[must_use]
    pub fn origin(&self) -> String {
        let mut out = String::new();
        self.push_origin(&mut out);
        out
    }

    fn push_origin(&self, out: &mut String) {
        out.push_str(if self.https { "https://" } else { "http://" });
        out.push_str(&self.host);
    }

    /// The path of `key`, percent-encoded; of the bucket itself if `key` is empty.
    #[must_use]
    pub fn path(&self, key: &str) -> String {
        let mut out = String::with_capacity(self.base.len().saturating_add(key.len()).saturating_add(16));
        out.push_str(&self.base);
        out.push('/');
        encode::push_path(&mut out, key);
        out
    }

    /// The URL of an encoded path and query; an empty query adds nothing.
    #[must_use]
    pub fn url(&self, path: &str, query: &str) -> String {
        let parts = [self.host.len(), path.len(), query.len(), 16];
        let mut out = String::with_capacity(parts.into_iter().fold(0, usize::saturating_add));
        self.push_origin(&mut out);
        out.push_str(path);
        if !query.is_empty() {
            out.push('?');
            out.push_str(query);
        }
        out
    }

    /// The region in signatures: without the SDK's `fips-` and `-fips`, and `us-east-1` for `aws-global`.
    #[must_use]
    pub fn signing_region(&self) -> &str {
        split_fips(&self.region).0
    }
}

/// Targets as proxies rewrite them, to find out why a signature is refused.
impl Target {
    /// The same bucket without the endpoint's own path; `None` if it has none.
    #[must_use]
    pub fn without_base(&self) -> Option<Self> {
        let own = self.own_path();
        let base = self.base.strip_suffix(own.as_str())?;
        (!base.is_empty()).then(|| Self { base: own, ..self.clone() })
    }

    /// The same target with another `Host`.
    #[must_use]
    pub fn seen_as(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// Whether the endpoint already contains the bucket, in its path or at the beginning of its host.
    #[must_use]
    pub fn holds_bucket_twice(&self) -> bool {
        let own = self.own_path();
        let base = self.base.strip_suffix(own.as_str()).unwrap_or(&self.base);
        let mut encoded = String::from("/");
        encode::push_query(&mut encoded, &self.bucket);
        let doubled = format!("{0}.{0}.", self.bucket);
        // A host of three labels or more: `langfuse.example` may well be a store's own name.
        let labels = self.host.split('.').count() > 3;
        let first = match self.addressing {
            Style::VirtualHosted => labels && self.host.starts_with(&doubled),
            Style::Path => labels && self.host.starts_with(&format!("{}.s3", self.bucket)),
        };
        base.ends_with(&encoded) || first
    }

    /// The bucket's part of the path.
    fn own_path(&self) -> String {
        let mut own = String::new();
        if self.addressing == Style::Path {
            own.push('/');
            encode::push_query(&mut own, &self.bucket);
        }
        own
    }
}

/// The real region, and whether the FIPS host is meant.
fn split_fips(region: &str) -> (&str, bool) {
    match region {
        "aws-global" => ("us-east-1", false),
        "aws-fips" | "fips-aws-global" => ("us-east-1", true),
        _ => match region.strip_prefix("fips-").or_else(|| region.strip_suffix("-fips")) {
            Some(real) => (real, true),
            None => (region, false),
        },
    }
}

fn amazon_host(region: &str) -> String {
    if region == "aws-global" {
        return "s3.amazonaws.com".into();
    }
    let (real, fips) = split_fips(region);
    let real = real.to_ascii_lowercase();
    format!("s3{}.{real}.{}", if fips { "-fips" } else { "" }, amazon_suffix(&real))
}

/// The suffix of Amazon's hosts in `region`.
pub(crate) fn amazon_suffix(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(start, _)| region.starts_with(start)).map_or("amazonaws.com", |(_, suffix)| suffix)
}

/// Refuses a region that can't be part of a host name.
pub(crate) fn check_region(region: &str) -> Result<(), TargetError> {
    if region.is_empty() {
        return Err(TargetError::RegionMissing);
    }
    let label = region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !label || region.len() > 63 || region.starts_with('-') || region.ends_with('-') {
        return Err(TargetError::Region);
    }
    Ok(())
}

pub(crate) fn host_of(endpoint: &Endpoint<'_>) -> Result<String, TargetError> {
    let last = endpoint.host.trim_end_matches('.').rsplit('.').next().unwrap_or("");
    let numeric = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    if !endpoint.host.is_ascii() || (numeric && endpoint.ip.is_none()) {
        return Err(TargetError::Host);
    }
    let mut host = match endpoint.ip {
        Some(std::net::IpAddr::V6(ip)) => format!("[{ip}]"),
        Some(ip) => ip.to_string(),
        None => endpoint.host.to_ascii_lowercase(),
    };
    if let Some(port) = endpoint.port.filter(|p| *p != if endpoint.https { 443 } else { 80 }) {
        let _ = write!(host, ":{port}");
    }
    Ok(host)
}

/// The endpoint's path as a URL parser writes it.
pub(crate) fn base_of(endpoint: &Endpoint<'_>) -> Result<String, TargetError> {
    if endpoint.path.split('/').any(|s| s == "." || s == "..") {
        return Err(TargetError::Path);
    }
    let mut out = String::with_capacity(endpoint.path.len());
    for c in endpoint.path.chars() {
        if c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '^' | '`' | '{' | '}' | '\\') {
            out.push(c);
        } else {
            encode::push_query(&mut out, c.encode_utf8(&mut [0; 4]));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_hosts_of_s3_itself_are_amazon_s3() {
        let is = |endpoint| Target::new(endpoint, "eu-west-1", "acme", false).unwrap().is_amazon_s3();
        assert!(is(None));
        for own in [
            "https://s3.amazonaws.com",
            "https://s3.eu-west-1.amazonaws.com",
            "https://s3-us-west-2.amazonaws.com",
            "https://s3.dualstack.eu-west-1.amazonaws.com",
            "https://s3-fips.us-gov-west-1.amazonaws.com",
            "https://S3.eu-west-1.AMAZONAWS.com",
            "https://s3.cn-north-1.amazonaws.com.cn",
            "https://bucket.vpce-0a1b.s3.eu-west-1.vpce.amazonaws.com",
        ] {
            assert!(is(Some(own)), "{own}");
        }
        for other in [
            "http://s3.amazonaws.com",
            "https://s3.amazonaws.com:8443",
            "https://s3.amazonaws.com.example.net",
            "https://notamazonaws.com",
            "https://a1b2.execute-api.eu-west-1.amazonaws.com",
            "https://s3-evil-123.eu-west-1.elb.amazonaws.com",
            "https://ec2-203-0-113-7.compute-1.amazonaws.com",
            "https://s3.example.net",
            "http://127.0.0.1:9000",
        ] {
            assert!(!is(Some(other)), "{other}");
        }
    }

    #[test]
    fn what_a_proxy_may_make_of_it() {
        let at = |endpoint, path_style| Target::new(Some(endpoint), "r-1", "langfuse", path_style).unwrap();
        let below = at("https://host/minio", true);
        assert_eq!(below.without_base().unwrap().path("k"), "/langfuse/k");
        assert_eq!(at("https://host", true).without_base(), None);
        assert_eq!(at("https://s3.host.example/x", false).without_base().unwrap().path("k"), "/k");
        assert_eq!(below.seen_as("inner:9000").host(), "inner:9000");
        for (endpoint, path_style, twice) in [
            ("https://host/langfuse", true, true),
            ("https://host/langfuse/", false, true),
            ("https://langfuse.s3.eu-west-1.amazonaws.com", false, true),
            ("https://langfuse.s3.eu-west-1.amazonaws.com", true, true),
            ("https://langfuse.example", true, false),
            ("https://langfuse.example", false, false),
            ("https://s3.langfuse.example", true, false),
            ("https://host/minio", true, false),
        ] {
            assert_eq!(at(endpoint, path_style).holds_bucket_twice(), twice, "{endpoint} {path_style}");
        }
    }

    use super::*;

    fn url(endpoint: Option<&str>, region: &str, bucket: &str, path_style: bool) -> Result<String, TargetError> {
        Target::new(endpoint, region, bucket, path_style).map(|t| t.url(&t.path("k"), ""))
    }

    /// Every URL here was seen from `@aws-sdk/client-s3` 3.1074.0.
    #[test]
    fn goes_where_the_sdk_goes() {
        for (endpoint, path_style, expected) in [
            ("http://h.example:9000", false, "http://langfuse.h.example:9000/k"),
            ("http://h.example:9000/", true, "http://h.example:9000/langfuse/k"),
            ("http://H.Example:80", false, "http://langfuse.h.example/k"),
            ("https://h:0443", false, "https://langfuse.h/k"),
            ("http://10.0.0.5:9000", false, "http://10.0.0.5:9000/langfuse/k"),
            ("http://[::1]:9000", false, "http://[::1]:9000/langfuse/k"),
            ("http://u:p@h?q=1#f", false, "http://langfuse.h/k"),
            (" http://h ", true, "http://h/langfuse/k"),
            ("http://h/a b", false, "http://langfuse.h/a%20b/k"),
            ("http://h/%41", false, "http://langfuse.h/%41/k"),
            ("http://h/a//b/", true, "http://h/a//b/langfuse/k"),
            ("http://h/é", true, "http://h/%C3%A9/langfuse/k"),
            ("http://h.:9", false, "http://langfuse.h.:9/k"),
            ("HTTP://h_x:1", false, "http://langfuse.h_x:1/k"),
            ("https://s3.amazonaws.com", false, "https://langfuse.s3.amazonaws.com/k"),
        ] {
            assert_eq!(url(Some(endpoint), "us-east-1", "langfuse", path_style).as_deref(), Ok(expected), "{endpoint}");
        }
        for (bucket, expected) in [
            ("a b", "http://h:9/a%20b/k"),
            ("日本x", "http://h:9/%E6%97%A5%E6%9C%ACx/k"),
            ("Abc", "http://h:9/Abc/k"),
            ("abc.def", "http://abc.def.h:9/k"),
        ] {
            assert_eq!(url(Some("http://h:9"), "us-east-1", bucket, false).as_deref(), Ok(expected), "{bucket}");
        }
    }

    #[test]
    fn amazons_hosts_follow_the_region() {
        for (region, host, signed) in [
            ("us-east-1", "s3.us-east-1.amazonaws.com", "us-east-1"),
            ("aws-global", "s3.amazonaws.com", "us-east-1"),
            ("cn-north-1", "s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("us-gov-west-1", "s3.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("us-iso-east-1", "s3.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            ("us-isob-east-1", "s3.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
            ("us-isof-south-1", "s3.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
            ("eu-isoe-west-1", "s3.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
            ("eusc-de-east-1", "s3.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            ("auto", "s3.auto.amazonaws.com", "auto"),
            ("EU-WEST-1", "s3.eu-west-1.amazonaws.com", "EU-WEST-1"),
            ("fips-us-east-1", "s3-fips.us-east-1.amazonaws.com", "us-east-1"),
            ("us-east-1-fips", "s3-fips.us-east-1.amazonaws.com", "us-east-1"),
        ] {
            let target = Target::new(None, region, "langfuse", true).unwrap();
            assert_eq!((target.host(), target.signing_region()), (host, signed), "{region}");
            let target = Target::new(Some(""), region, "langfuse", false).unwrap();
            assert_eq!(target.origin(), format!("https://langfuse.{host}"));
        }
    }

    #[test]
    fn says_why_there_is_no_such_place() {
        use TargetError as E;
        for (endpoint, region, bucket, error) in [
            ("minio:9000", "r", "langfuse", E::Endpoint(EndpointError::NoScheme)),
            ("http://127.1:9", "r", "langfuse", E::Host),
            ("http://1.2.3.4.5", "r", "langfuse", E::Host),
            ("http://bücher.example", "r", "langfuse", E::Host),
            ("http://h/a/../b", "r", "langfuse", E::Path),
            ("http://h", "", "langfuse", E::RegionMissing),
            ("http://h", "us east", "langfuse", E::Region),
            ("http://h", "s3.x", "langfuse", E::Region),
            ("http://h", "r", "", E::BucketMissing),
            ("http://h", "r", "abc/def", E::BucketSlash),
            ("http://h", "r", "arn:aws:s3:us-east-1:123456789012:accesspoint/x", E::BucketKind),
            ("http://h", "r", "abc--use1-az4--x-s3", E::BucketKind),
        ] {
            assert_eq!(url(Some(endpoint), region, bucket, false), Err(error), "{endpoint} {region} {bucket}");
            assert!(!error.to_string().is_empty());
        }
    }
}
