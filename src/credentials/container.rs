//! The endpoint with the credentials of a container's role: ECS tasks, EKS Pod Identity.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{HeaderValue, Request};
use langfuse_blob_core::config::endpoint::Endpoint;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::text::secret::Secret;

use super::context::Context;
use super::environment::{CONTAINER_FULL, CONTAINER_RELATIVE, CONTAINER_TOKEN, CONTAINER_TOKEN_FILE};
use super::outcome::{Found, Reason};
use super::web_identity::secret_file;
use super::{answer, exchange};

/// The address of ECS; `_RELATIVE_URI` is a path on it.
const ECS: Ipv4Addr = Ipv4Addr::new(169, 254, 170, 2);

/// The addresses of the EKS Pod Identity agent.
const EKS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23))];

/// Whether the environment names an endpoint.
pub(super) fn is_configured(context: &Context<'_>) -> bool {
    context.environment.get(CONTAINER_RELATIVE).or_else(|| context.environment.get(CONTAINER_FULL)).is_some()
}

/// Requests credentials from the endpoint that the environment names.
pub(super) async fn find(context: &Context<'_>) -> Found {
    let environment = context.environment;
    let (variable, url) = match (environment.get(CONTAINER_RELATIVE), environment.get(CONTAINER_FULL)) {
        (Some(path), _) => (CONTAINER_RELATIVE, format!("http://{ECS}{path}")),
        (None, Some(url)) => (CONTAINER_FULL, url.to_owned()),
        (None, None) => {
            return Err(Reason::next(format!("neither {CONTAINER_RELATIVE} nor {CONTAINER_FULL} is set")));
        }
    };
    let problem = |why: &str| Reason::next(format!("{variable} {why}"));
    let endpoint = Endpoint::parse(&url).map_err(|_| problem("isn't a valid URL"))?;
    if !may_be_asked(&endpoint) {
        return Err(problem(
            "is rejected: it must be https, loopback, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]",
        ));
    }
    let mut request = Request::get(&url).body(String::new()).map_err(|_| problem("isn't a valid URL"))?;
    if let Some((token, place)) = token(context).await? {
        let mut value = HeaderValue::from_str(token.expose()).map_err(|_| {
            Reason::next(format!("{place} contains a line break or another character that a header can't hold"))
        })?;
        value.set_sensitive(true);
        request.headers_mut().insert("authorization", value);
    }
    let host = escaped(endpoint.host);
    let answer = exchange::ask(context.direct, &request, exchange::CONTAINER).await.map_err(Reason::next)?;
    if answer.status.as_u16() != 200 {
        // The response may contain the token that was sent.
        return Err(Reason::next(format!("{host} responded with HTTP {}", answer.status.as_u16())));
    }
    answer::read(&answer.body, answer::Kind::Endpoint)
        .map_err(|e| Reason::next(format!("{host} responded without valid credentials: {e}")))
}

/// The authorization token, and where it is from. The file takes precedence over the variable.
async fn token(context: &Context<'_>) -> Result<Option<(Secret, String)>, Reason> {
    if let Some(file) = context.environment.get(CONTAINER_TOKEN_FILE) {
        let token = secret_file(file).await.map_err(Reason::next)?;
        return Ok(Some((token, format!("the token file {}", escaped(file)))));
    }
    let token = context.environment.get(CONTAINER_TOKEN);
    Ok(token.map(|token| (Secret::new(token), CONTAINER_TOKEN.to_owned())))
}

/// Whether a token may be sent there: over TLS, or to this machine and its agents.
fn may_be_asked(endpoint: &Endpoint<'_>) -> bool {
    let near = |ip: IpAddr| ip.is_loopback() || ip == IpAddr::V4(ECS) || EKS.contains(&ip);
    endpoint.https || endpoint.host.eq_ignore_ascii_case("localhost") || endpoint.ip.is_some_and(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_to_this_machine_or_encrypted() {
        let asked = |url| may_be_asked(&Endpoint::parse(url).unwrap());
        for url in [
            "https://example.com/x",
            "http://localhost:1/x",
            "http://127.8.0.1/x",
            "http://[::1]:80/x",
            "http://169.254.170.2/v2",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1",
        ] {
            assert!(asked(url), "{url}");
        }
        for url in
            ["http://example.com/", "http://169.254.169.254/", "http://localhost.example.com/", "http://10.0.0.1/"]
        {
            assert!(!asked(url), "{url}");
        }
    }
}
