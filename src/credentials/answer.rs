//! Credentials as JSON: from the container's and the instance's endpoints, and from programs.

use langfuse_blob_core::sign::{Credentials, Timestamp};
use langfuse_blob_core::text::secret::Secret;
use serde_json::{Map, Value};

/// The session token's field: `Token` from endpoints, `SessionToken` from programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// `Token` and `Expiration` are required.
    Endpoint,
    /// `SessionToken` and `Expiration` are optional; `Version` is 1.
    Program,
}

/// Parses them. The error doesn't repeat any value.
///
/// # Errors
/// One phrase that names the field.
pub(super) fn read(body: &[u8], kind: Kind) -> Result<(Credentials, Option<Timestamp>), String> {
    let Ok(Value::Object(json)) = serde_json::from_slice(body) else { return Err("not a JSON object".into()) };
    if kind == Kind::Program && json.get("Version").and_then(Value::as_u64) != Some(1) {
        return Err("its `Version` is not 1".into());
    }
    let token = if kind == Kind::Program { "SessionToken" } else { "Token" };
    let required = |name: &str| text(&json, name).ok_or_else(|| format!("`{name}` is missing or not a string"));
    let (id, secret) = (required("AccessKeyId")?, required("SecretAccessKey")?);
    let optional = |name: &str| if kind == Kind::Program { Ok(text(&json, name)) } else { required(name).map(Some) };
    let (token, expires) = (optional(token)?, optional("Expiration")?);
    let expires = expires.map(|t| Timestamp::parse(&t)).transpose().map_err(|e| format!("its `Expiration` is {e}"))?;
    let session_token = token.map(Secret::new);
    Ok((Credentials { access_key_id: id, secret: Secret::new(secret), session_token }, expires))
}

fn text(json: &Map<String, Value>, name: &str) -> Option<String> {
    json.get(name)?.as_str().filter(|t| !t.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds_and_names_errors() {
        let full = r#"{"Version":1,"AccessKeyId":"id","SecretAccessKey":"hush-hush","Token":"t","SessionToken":"s",
            "Expiration":"2026-01-31T08:00:00Z"}"#;
        let token = |kind| read(full.as_bytes(), kind).unwrap().0.session_token.unwrap();
        assert_eq!((token(Kind::Endpoint).expose(), token(Kind::Program).expose()), ("t", "s"));
        let short = r#"{"Version":1,"AccessKeyId":"id","SecretAccessKey":"hush-hush"}"#;
        assert_eq!(read(short.as_bytes(), Kind::Program).unwrap().1, None);
        for (body, kind, expected) in [
            (short.to_owned(), Kind::Endpoint, "`Token` is missing"),
            (full.replace(":1", ":2"), Kind::Program, "`Version`"),
            (full.replace("2026-01-31T", "soon "), Kind::Endpoint, "`Expiration`"),
            (full.replace("\"hush-hush\"", "7"), Kind::Endpoint, "`SecretAccessKey`"),
            ("<html>hush-hush".to_owned(), Kind::Endpoint, "not a JSON object"),
        ] {
            let error = read(body.as_bytes(), kind).unwrap_err();
            assert!(error.contains(expected) && !error.contains("hush"), "{error}");
        }
    }
}
