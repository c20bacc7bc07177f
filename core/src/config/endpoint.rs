//! Endpoints: how the SDKs parse `_ENDPOINT`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A store's URL. Surrounding spaces are trimmed, as the SDK does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Endpoint<'a> {
    /// The trimmed text.
    pub raw: &'a str,
    /// Whether the scheme is `https`.
    pub https: bool,
    /// The part before `@`.
    pub user_info: Option<&'a str>,
    /// Host name or IP address, without brackets.
    pub host: &'a str,
    /// The port, if written.
    pub port: Option<u16>,
    /// The path without trailing slashes; empty for none.
    pub path: &'a str,
    /// The part after `?`.
    pub query: Option<&'a str>,
    /// The part after `#`.
    pub fragment: Option<&'a str>,
    /// The IP address, if the host is one.
    pub ip: Option<IpAddr>,
}

/// Why a string isn't an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndpointError {
    /// `minio:9000`: nothing before `://`.
    NoScheme,
    /// A scheme other than http and https, such as `s3://`.
    WrongScheme,
    /// The host or one of its labels is empty.
    NoHost,
    /// A character that isn't allowed in a host, such as a space, a brace or a quote.
    BadHost,
    /// The port isn't a number from 1 to 65535.
    BadPort,
    /// `https://https://`: the second scheme would be parsed as the host.
    TwoSchemes,
}

impl<'a> Endpoint<'a> {
    /// Parses `text`.
    ///
    /// # Errors
    /// [`EndpointError`] if the SDK's URL parser would refuse it or would call a host that can't exist.
    pub fn parse(text: &'a str) -> Result<Self, EndpointError> {
        let raw = text.trim();
        let (scheme, rest) = raw.split_once("://").ok_or(EndpointError::NoScheme)?;
        let https = match scheme {
            s if s.eq_ignore_ascii_case("https") => true,
            s if s.eq_ignore_ascii_case("http") => false,
            "" => return Err(EndpointError::NoScheme),
            _ => return Err(EndpointError::WrongScheme),
        };
        let (rest, fragment) = split(rest, '#');
        let (rest, query) = split(rest, '?');
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (user_info, host_port) =
            authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let (host, port) = split_port(host_port)?;
        let ip = parse_ip(host);
        if host.is_empty() {
            return Err(EndpointError::NoHost);
        }
        if ip.is_none() {
            let odd = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
            if host.contains(odd) {
                return Err(EndpointError::BadHost);
            }
            if host.strip_suffix('.').unwrap_or(host).split('.').any(str::is_empty) {
                return Err(EndpointError::NoHost);
            }
        }
        if port.is_none() && path.starts_with("//") && ["http", "https"].iter().any(|s| host.eq_ignore_ascii_case(s)) {
            return Err(EndpointError::TwoSchemes);
        }
        Ok(Self { raw, https, user_info, host, port, path: path.trim_end_matches('/'), query, fragment, ip })
    }

    /// The effective port.
    #[must_use]
    pub fn effective_port(&self) -> u16 {
        self.port.unwrap_or(if self.https { 443 } else { 80 })
    }

    /// `localhost` or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.ip.map_or_else(
            || self.host.eq_ignore_ascii_case("localhost") || ends_with(self.host, ".localhost"),
            |ip| ip.is_loopback() || ip.is_unspecified(),
        )
    }

    /// A name that only resolves inside the deployment's network: one label, or a Kubernetes service.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.ip.is_none()
            && !self.is_loopback()
            && (!self.host.contains('.')
                || [".svc", ".svc.cluster.local", ".cluster.local", ".docker.internal"]
                    .into_iter()
                    .any(|suffix| ends_with(self.host, suffix)))
    }

    /// A name that only a provider's or a platform's own network resolves, or that a container engine gives its host.
    #[must_use]
    pub fn is_of_inner_network(&self) -> bool {
        self.ip.is_none()
            && INNER_NETWORKS.iter().any(|(part, suffix)| {
                ends_with(self.host, suffix)
                    && (part.is_empty() || self.host.split('.').any(|label| label.eq_ignore_ascii_case(part)))
            })
    }

    /// The public URL of a provider's inner host, if its name shows it.
    #[must_use]
    pub fn public_counterpart(&self) -> Option<String> {
        let host = self.host.to_ascii_lowercase();
        let public = if host.ends_with("-internal.aliyuncs.com") {
            host.replace("-internal.aliyuncs.com", ".aliyuncs.com")
        } else if let Some(rest) = host.strip_suffix(".ivolces.com") {
            format!("{rest}.volces.com")
        } else {
            return None;
        };
        Some(format!("https://{public}"))
    }

    /// A private address or name: reachable by some browsers, not from the internet.
    #[must_use]
    pub fn is_private(&self) -> bool {
        match self.ip {
            Some(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local() || is_shared(ip),
            Some(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local(),
            None if self.is_internal() => false,
            None => [".internal", ".local", ".lan", ".home.arpa", ".corp", ".intranet"]
                .into_iter()
                .any(|suffix| ends_with(self.host, suffix)),
        }
    }

    /// Not loopback, not the deployment's, not a private network's.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !self.is_loopback() && !self.is_internal() && !self.is_private()
    }

    /// Whether the host is `name` or ends in `.name`.
    #[must_use]
    pub fn is_under(&self, name: &str) -> bool {
        self.host.eq_ignore_ascii_case(name)
            || self
                .host
                .len()
                .checked_sub(name.len())
                .and_then(|at| at.checked_sub(1))
                .is_some_and(|dot| self.host.as_bytes().get(dot) == Some(&b'.') && ends_with(self.host, name))
    }

    /// The first label of the host.
    #[must_use]
    pub fn first_label(&self) -> &'a str {
        self.host.split('.').next().unwrap_or("")
    }

    /// The region in an `s3.<region>.amazonaws.com` host, dual-stack and FIPS forms included; `us-east-1` isn't derived
    /// from the global host.
    #[must_use]
    pub fn aws_region(&self) -> Option<&'a str> {
        let labels: Vec<&str> = self.host.split('.').collect();
        let end = labels.iter().position(|l| l.eq_ignore_ascii_case("amazonaws"))?;
        let region = *labels.get(end.checked_sub(1)?)?;
        let service = region.eq_ignore_ascii_case("s3") || region.to_ascii_lowercase().starts_with("s3-fips");
        if service {
            return None;
        }
        let legacy = region
            .strip_prefix("s3-")
            .map(|r| r.strip_prefix("website-").unwrap_or(r))
            .filter(|r| r.split('-').count() >= 3);
        let looks_right = |r: &&str| r.split('-').count() >= 3 && r.ends_with(|c: char| c.is_ascii_digit());
        legacy.or(Some(region)).filter(looks_right)
    }

    /// The same URL with another host: scheme, port and path are kept.
    #[must_use]
    pub fn with_host(&self, host: &str) -> String {
        let scheme = if self.https { "https" } else { "http" };
        let port = self.port.map_or(String::new(), |p| format!(":{p}"));
        format!("{scheme}://{host}{port}{}", self.path)
    }

    /// `scheme://host[:port]`.
    #[must_use]
    pub fn origin(&self) -> String {
        let host = if matches!(self.ip, Some(IpAddr::V6(_))) { format!("[{}]", self.host) } else { self.host.into() };
        let scheme = if self.https { "https" } else { "http" };
        let port = self.port.map_or(String::new(), |p| format!(":{p}"));
        format!("{scheme}://{host}{port}")
    }
}

/// Host names that only the inside of a network resolves: a label that must occur, and a suffix.
const INNER_NETWORKS: [(&str, &str); 12] = [
    ("", "-internal.aliyuncs.com"),
    ("cos-internal", ".tencentcos.cn"),
    ("cos-internal", ".myqcloud.com"),
    ("", ".ivolces.com"),
    ("", ".vpce.amazonaws.com"),
    ("", ".railway.internal"),
    ("", ".flycast"),
    ("", ".fly.internal"),
    ("", ".consul"),
    ("", "host.containers.internal"),
    ("", "host.docker.internal"),
    ("", ".internal"),
];

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(a, b)| (a, Some(b)))
}

fn split_port(host_port: &str) -> Result<(&str, Option<u16>), EndpointError> {
    if let Some(rest) = host_port.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or(EndpointError::BadHost)?;
        return match after.strip_prefix(':') {
            None if after.is_empty() => Ok((host, None)),
            Some(port) => Ok((host, Some(parse_port(port)?))),
            None => Err(EndpointError::BadHost),
        };
    }
    match host_port.split_once(':') {
        None => Ok((host_port, None)),
        // The URL standard allows an empty port.
        Some((host, "")) => Ok((host, None)),
        Some((host, port)) => Ok((host, Some(parse_port(port)?))),
    }
}

fn parse_port(port: &str) -> Result<u16, EndpointError> {
    port.parse().ok().filter(|p| *p != 0).ok_or(EndpointError::BadPort)
}

fn parse_ip(host: &str) -> Option<IpAddr> {
    // Both parsers are slow compared to checking the first byte, and nearly every host is a name.
    let first = host.bytes().next()?;
    if first.is_ascii_digit() {
        return host.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    }
    if host.contains(':') { host.parse::<Ipv6Addr>().ok().map(IpAddr::V6) } else { None }
}

/// 100.64.0.0/10, RFC 6598.
fn is_shared(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    a == 100 && (64..128).contains(&b)
}

fn ends_with(host: &str, suffix: &str) -> bool {
    host.len()
        .checked_sub(suffix.len())
        .and_then(|at| host.as_bytes().get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(suffix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_urls_apart() {
        let e = Endpoint::parse(" https://u:p@host.example:9000/a/b/?q=1#f ").unwrap();
        assert_eq!((e.https, e.user_info, e.host, e.port), (true, Some("u:p"), "host.example", Some(9000)));
        assert_eq!((e.path, e.query, e.fragment), ("/a/b", Some("q=1"), Some("f")));
        assert_eq!(Endpoint::parse("http://[::1]:9/").unwrap().ip, Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(Endpoint::parse("http://minio:9000/").unwrap().path, "");
    }

    #[test]
    fn says_why_a_text_is_no_endpoint() {
        for (text, error) in [
            ("minio:9000", EndpointError::NoScheme),
            ("", EndpointError::NoScheme),
            ("://x", EndpointError::NoScheme),
            ("s3://bucket", EndpointError::WrongScheme),
            ("https://", EndpointError::NoHost),
            ("https://.blob.core.windows.net", EndpointError::NoHost),
            ("https://${ACCOUNT}.r2.example", EndpointError::BadHost),
            ("http://minio:port", EndpointError::BadPort),
            ("http://minio:0", EndpointError::BadPort),
            ("http://[::1", EndpointError::BadHost),
        ] {
            assert_eq!(Endpoint::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn knows_who_can_reach_it() {
        let of = |t| {
            let e = Endpoint::parse(t).unwrap();
            (e.is_loopback(), e.is_internal(), e.is_private(), e.is_public())
        };
        assert_eq!(of("http://localhost:9090"), (true, false, false, false));
        assert_eq!(of("http://127.0.0.1"), (true, false, false, false));
        assert_eq!(of("http://minio:9000"), (false, true, false, false));
        assert_eq!(of("http://s3.ns.svc.cluster.local:8333"), (false, true, false, false));
        assert_eq!(of("http://10.1.2.3:9000"), (false, false, true, false));
        assert_eq!(of("https://s3.example.com"), (false, false, false, true));
        let inner = |host: &str| Endpoint::parse(&format!("https://{host}")).unwrap().is_of_inner_network();
        for host in [
            "oss-cn-shenzhen-internal.aliyuncs.com",
            "cos-internal.ap-guangzhou.tencentcos.cn",
            "tos-cn-beijing.ivolces.com",
            "bucket.vpce-0a1b2c-3d4e.s3.eu-west-1.vpce.amazonaws.com",
            "minio.railway.internal",
            "store.flycast",
            "minio.service.consul",
            "host.containers.internal",
            "s3.c.acme.internal",
        ] {
            assert!(inner(host), "{host}");
        }
        for host in ["oss-cn-shenzhen.aliyuncs.com", "cos.ap-guangzhou.myqcloud.com", "s3.eu-west-1.amazonaws.com"] {
            assert!(!inner(host), "{host}");
        }
    }

    #[test]
    fn reads_the_region_out_of_aws_hosts() {
        for (host, region) in [
            ("s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("s3.dualstack.us-west-2.amazonaws.com", Some("us-west-2")),
            ("s3-fips.us-east-1.amazonaws.com", Some("us-east-1")),
            ("s3-eu-central-1.amazonaws.com", Some("eu-central-1")),
            ("bucket.s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("bucket.s3-website-us-east-1.amazonaws.com", Some("us-east-1")),
            ("s3.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("s3.amazonaws.com", None),
            ("bucket.s3.amazonaws.com", None),
            ("minio", None),
        ] {
            assert_eq!(Endpoint::parse(&format!("https://{host}")).unwrap().aws_region(), region, "{host}");
        }
    }
}
