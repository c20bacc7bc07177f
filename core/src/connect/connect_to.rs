//! `--connect-to`.

use std::fmt;
use std::str::FromStr;

/// `HOST:PORT:ADDR:PORT`: connections to the first pair go to the second one. Empty parts, and IPv6 addresses in
/// brackets, as in curl.
///
/// Source: curl's manual, `--connect-to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectTo {
    /// The host of requests, without brackets; `None` for any.
    host: Option<String>,
    /// Their port; `None` for any.
    port: Option<u16>,
    /// The host to connect to, without brackets; `None` for the request's own.
    address: Option<String>,
    /// The port to connect to; `None` for the request's own.
    address_port: Option<u16>,
}

/// What's wrong with a value of `--connect-to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConnectToError {
    /// It doesn't have four parts.
    Parts,
    /// A port isn't a number from 1 to 65535.
    Port,
    /// A bracket isn't closed, or an IPv6 address has no brackets.
    Brackets,
}

impl fmt::Display for ConnectToError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parts => "expected HOST:PORT:ADDR:PORT, such as minio:9000:127.0.0.1:9090",
            Self::Port => "expected a port from 1 to 65535, or nothing for any port",
            Self::Brackets => "expected an IPv6 address in brackets, such as minio:9000:[::1]:9090",
        })
    }
}

impl std::error::Error for ConnectToError {}

impl ConnectTo {
    /// The rule for exactly this host and port.
    #[must_use]
    pub fn new(host: &str, port: u16, address: &str, address_port: u16) -> Self {
        Self {
            host: Some(host.to_owned()),
            port: Some(port),
            address: Some(address.to_owned()),
            address_port: Some(address_port),
        }
    }

    /// The host to connect to, without brackets; `None` for the request's own.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Where a connection to `host` (without brackets) and `port` goes; `None` if the rule isn't about it. Names are
    /// compared as text, without regard to case.
    #[must_use]
    pub fn destination(&self, host: &str, port: u16) -> Option<(String, u16)> {
        let is_host = self.host.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(host));
        let is_port = self.port.is_none_or(|own| own == port);
        (is_host && is_port)
            .then(|| (self.address.clone().unwrap_or_else(|| host.to_owned()), self.address_port.unwrap_or(port)))
    }
}

impl FromStr for ConnectTo {
    type Err = ConnectToError;

    fn from_str(text: &str) -> Result<Self, ConnectToError> {
        let (host, rest) = host(text)?;
        let (port, rest) = rest.split_once(':').ok_or(ConnectToError::Parts)?;
        let (address, rest) = self::host(rest)?;
        if rest.contains(':') {
            return Err(if text.contains('[') { ConnectToError::Parts } else { ConnectToError::Brackets });
        }
        Ok(Self { host, port: self::port(port)?, address, address_port: self::port(rest)? })
    }
}

impl fmt::Display for ConnectTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = |host: &Option<String>| host.as_deref().map(bracketed).unwrap_or_default();
        let port = |port: Option<u16>| port.map_or_else(String::new, |port| port.to_string());
        let (from, to) = (host(&self.host), host(&self.address));
        write!(f, "{from}:{}:{to}:{}", port(self.port), port(self.address_port))
    }
}

/// `host`, in brackets if it's an IPv6 address.
pub(super) fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// The host at the beginning of `text`, and what follows its colon.
fn host(text: &str) -> Result<(Option<String>, &str), ConnectToError> {
    let (host, rest) = if let Some(inner) = text.strip_prefix('[') {
        let (host, rest) = inner.split_once(']').ok_or(ConnectToError::Brackets)?;
        (host, rest.strip_prefix(':').ok_or(ConnectToError::Parts)?)
    } else {
        text.split_once(':').ok_or(ConnectToError::Parts)?
    };
    Ok(((!host.is_empty()).then(|| host.to_owned()), rest))
}

fn port(text: &str) -> Result<Option<u16>, ConnectToError> {
    match text {
        "" => Ok(None),
        _ if !text.bytes().all(|b| b.is_ascii_digit()) => Err(ConnectToError::Port),
        _ => text.parse().ok().filter(|port| *port != 0).map(Some).ok_or(ConnectToError::Port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(rule: &str, host: &str, port: u16) -> Option<(String, u16)> {
        rule.parse::<ConnectTo>().unwrap().destination(host, port)
    }

    #[test]
    fn parts_are_read_as_in_curl() {
        let to = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(destination("minio:9000:127.0.0.1:9090", "minio", 9000), to("127.0.0.1", 9090));
        assert_eq!(destination("MinIO:9000:127.0.0.1:9090", "minio", 9000), to("127.0.0.1", 9090));
        assert_eq!(destination("minio:9000:127.0.0.1:9090", "minio", 9001), None);
        assert_eq!(destination("minio:9000:127.0.0.1:9090", "minio.example", 9000), None);
        assert_eq!(destination("::localhost:9090", "any", 1), to("localhost", 9090));
        assert_eq!(destination("minio::localhost:", "minio", 9001), to("localhost", 9001));
        assert_eq!(destination(":9000::9090", "minio", 9000), to("minio", 9090));
        assert_eq!(destination("[fd00::1]:9000:[::1]:9090", "fd00::1", 9000), to("::1", 9090));
    }

    #[test]
    fn anything_else_is_refused() {
        use ConnectToError::{Brackets, Parts, Port};
        for (text, error) in [
            ("", Parts),
            ("minio:9000", Parts),
            ("minio:9000:127.0.0.1", Parts),
            ("minio:9000:127.0.0.1:9090:1", Brackets),
            ("[::1]:9000:127.0.0.1:9090:1", Parts),
            ("minio:9000:::1:9090", Brackets),
            ("minio:x:127.0.0.1:9090", Port),
            ("minio:9000:127.0.0.1:0", Port),
            ("minio:+9000:127.0.0.1:9090", Port),
            ("minio:9000:127.0.0.1:65536", Port),
            ("[::1:9000:a:1", Brackets),
            ("[::1]9000:a:1", Parts),
        ] {
            assert_eq!(text.parse::<ConnectTo>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_rule_prints_as_it_is_written() {
        for text in ["minio:9000:127.0.0.1:9090", "::localhost:9090", "[fd00::1]:9000:[::1]:9090", ":::"] {
            assert_eq!(text.parse::<ConnectTo>().unwrap().to_string(), text);
        }
    }
}
