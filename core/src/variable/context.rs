//! Not storage settings, but read as context: the AWS SDK's default credential chain and Langfuse's URL.

use super::row::{Containers, Kind, Variable};

const fn context(name: &'static str, kind: Kind, doc: &'static str) -> Variable {
    let mut row = Variable::new(name, kind, Containers::BOTH, doc);
    row.context = true;
    row
}

pub(super) static ROWS: [Variable; 15] = [
    context("NEXTAUTH_URL", Kind::Text, "URL at which browsers open Langfuse. Only its origin matters here.")
        .forwarded("http://localhost:3000"),
    context(
        "AWS_REGION",
        Kind::Region,
        "Region of the AWS SDK if a use case sets none. ECS and EKS set it; compose doesn't pass it.",
    ),
    context(
        "AWS_DEFAULT_REGION",
        Kind::Region,
        "Region of the AWS CLI and boto3. The SDK inside Langfuse doesn't read it.",
    ),
    context(
        "AWS_ACCESS_KEY_ID",
        Kind::KeyId,
        "Key ID of the default credential chain, for use cases without both keys.",
    )
    .forwarded(""),
    context("AWS_SECRET_ACCESS_KEY", Kind::Secret, "Secret of the default credential chain.").secret().forwarded(""),
    context(
        "AWS_SESSION_TOKEN",
        Kind::Secret,
        "Session token of the default credential chain; the use cases' own keys have none.",
    )
    .secret()
    .forwarded(""),
    context("AWS_PROFILE", Kind::Text, "Profile of the default credential chain.").forwarded(""),
    context(
        "AWS_ROLE_ARN",
        Kind::Text,
        "Role that the default credential chain assumes with a web identity token (EKS).",
    ),
    context("AWS_WEB_IDENTITY_TOKEN_FILE", Kind::Path, "Token for that role; the platform mounts it."),
    context("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Kind::Text, "Where ECS provides the task role's credentials."),
    context("AWS_CONTAINER_CREDENTIALS_FULL_URI", Kind::Text, "Where EKS Pod Identity provides credentials."),
    context("AWS_CONTAINER_AUTHORIZATION_TOKEN", Kind::Secret, "Token for that address.").secret(),
    context("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Kind::Path, "File with the token for that address."),
    context("AWS_ENDPOINT_URL", Kind::Endpoint, "Endpoint of every AWS client, S3 included, that has none of its own."),
    context(
        "AWS_ENDPOINT_URL_S3",
        Kind::Endpoint,
        "Endpoint of every S3 client that has none of its own; a use case without _ENDPOINT silently goes there.",
    ),
];
