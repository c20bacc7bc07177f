//! Not storage settings, but read to judge them: the AWS SDK's default chain and Langfuse's own address.

use super::row::{Containers, Kind, Variable};

const fn context(name: &'static str, kind: Kind, doc: &'static str) -> Variable {
    let mut row = Variable::new(name, kind, Containers::BOTH, doc);
    row.context = true;
    row
}

pub(super) static ROWS: [Variable; 15] = [
    context("NEXTAUTH_URL", Kind::Text, "Address under which browsers open Langfuse. Only its origin counts here.")
        .forwarded("http://localhost:3000"),
    context(
        "AWS_REGION",
        Kind::Region,
        "Region of the AWS SDK where a use case sets none. ECS and EKS put it there; compose does not forward it.",
    ),
    context(
        "AWS_DEFAULT_REGION",
        Kind::Region,
        "Region of the aws cli and boto3. The SDK inside Langfuse does not read it.",
    ),
    context(
        "AWS_ACCESS_KEY_ID",
        Kind::KeyId,
        "Key id of the AWS default chain, for use cases without a complete pair.",
    )
    .forwarded(""),
    context("AWS_SECRET_ACCESS_KEY", Kind::Secret, "Secret of the AWS default chain.").secret().forwarded(""),
    context(
        "AWS_SESSION_TOKEN",
        Kind::Secret,
        "Session token of the AWS default chain; the use cases' own pairs have none.",
    )
    .secret()
    .forwarded(""),
    context("AWS_PROFILE", Kind::Text, "Profile of the AWS default chain.").forwarded(""),
    context("AWS_ROLE_ARN", Kind::Text, "Role that the AWS default chain assumes with a web identity token (EKS)."),
    context("AWS_WEB_IDENTITY_TOKEN_FILE", Kind::Path, "Token for that role; the platform mounts it."),
    context("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Kind::Text, "Where ECS hands out the task role's credentials."),
    context("AWS_CONTAINER_CREDENTIALS_FULL_URI", Kind::Text, "Where EKS Pod Identity hands out credentials."),
    context("AWS_CONTAINER_AUTHORIZATION_TOKEN", Kind::Secret, "Token for that address.").secret(),
    context("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Kind::Path, "File with the token for that address."),
    context("AWS_ENDPOINT_URL", Kind::Endpoint, "Endpoint of every AWS client, S3 included, that is not given one."),
    context(
        "AWS_ENDPOINT_URL_S3",
        Kind::Endpoint,
        "Endpoint of every S3 client that is not given one; a use case without _ENDPOINT goes there silently.",
    ),
];
