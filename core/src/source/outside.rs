//! Values that are kept elsewhere: references to secret stores, ciphertext, templates that another program fills in.

/// Where the value behind `text` is, if `text` only stands for it.
#[must_use]
pub fn outside(text: &str) -> Option<&'static str> {
    if let Some((_, place)) = beginnings(*text.as_bytes().first()?).iter().find(|(begins, _)| text.starts_with(begins))
    {
        return Some(place);
    }
    if !text.as_bytes().contains(&b'{') {
        return None;
    }
    // A JSON document begins with one brace and may end in several.
    let at = text.find("{{").filter(|_| !text.starts_with("{\""))?;
    text.get(at..).filter(|rest| rest.contains("}}"))?;
    let platform = text.get(..at).is_some_and(|before| before.ends_with('$'));
    Some(if platform { "the platform's own variables" } else { "a template" })
}

/// What references begin with, and where they point: those with this first byte, because it settles nearly every value.
const fn beginnings(first: u8) -> &'static [(&'static str, &'static str)] {
    match first {
        b'o' => &[("op://", "1Password")],
        b'v' => &[("vault:", "Vault")],
        b'r' => &[("ref+", "vals")],
        b'E' => &[("ENC[", "sops")],
        b'e' => &[("encrypted:", "dotenvx")],
        b'<' => &[("<path:", "Argo CD's vault plugin")],
        b's' => &[("secretref:", "Azure Container Apps"), ("sm://", "a secret manager")],
        b'@' => &[("@Microsoft.KeyVault(", "Azure Key Vault")],
        b'a' => &[
            ("azurekeyvault://", "Azure Key Vault"),
            ("akv://", "Azure Key Vault"),
            ("awssm://", "AWS Secrets Manager"),
            ("arn:aws:secretsmanager:", "AWS Secrets Manager"),
            ("arn:aws:ssm:", "AWS Systems Manager"),
        ],
        b'g' => &[("gcp:///", "a secret manager")],
        b'd' => &[("doppler://", "Doppler")],
        b'b' => &[("bws://", "Bitwarden")],
        _ => &[],
    }
}

/// Whether a platform sets a variable of this name itself: Coolify generates `SERVICE_…`.
pub(super) fn is_of_platform(name: &str) -> bool {
    ["SERVICE_URL_", "SERVICE_FQDN_", "SERVICE_USER_", "SERVICE_PASSWORD_", "SERVICE_BASE64_", "SERVICE_REALBASE64_"]
        .iter()
        .any(|p| name.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_only_stands_for_a_value() {
        for (text, place) in [
            ("op://prod/langfuse/secret", "1Password"),
            ("vault:secret/data/langfuse#key", "Vault"),
            ("ENC[AES256_GCM,data:9aBcDe==,type:str]", "sops"),
            ("encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3", "dotenvx"),
            ("${{Minio.URL}}", "the platform's own variables"),
            ("https://{{ minio_host }}:9000", "a template"),
        ] {
            assert_eq!(outside(text), Some(place), "{text}");
        }
        for text in ["", "events/{date}/", "{\"a\":{\"b\":1}}", "vault", "minio", "https://s3.example.com", "<key>"] {
            assert_eq!(outside(text), None, "{text}");
        }
    }
}
