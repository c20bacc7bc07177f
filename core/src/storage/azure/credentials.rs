//! The account and its key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::text::base64;
use crate::text::secret::{REDACTED, Secret};

/// Who signs on Azure.
#[derive(Clone)]
pub struct Credentials {
    account: String,
    key: AccountKey,
}

/// Redacts the account as well: a key pasted into the wrong field would otherwise be printed.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("account", &REDACTED).field("key", &self.key).finish()
    }
}

/// Why an account and a key can't sign. Neither is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CredentialsError {
    /// The account is empty, or contains a character that a signature can't carry.
    Account,
    /// The key is empty.
    KeyMissing,
    /// The key isn't base64.
    Key,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "the account name is empty or contains an invalid character",
            Self::KeyMissing => "the account key is empty",
            Self::Key => "the account key isn't base64: copy one of the account's two keys as Azure shows it",
        })
    }
}

impl std::error::Error for CredentialsError {}

impl Credentials {
    /// Langfuse's `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY`.
    ///
    /// # Errors
    /// [`CredentialsError`] if no request signed with them could succeed.
    pub fn new(account: &str, key: &Secret) -> Result<Self, CredentialsError> {
        let word = account.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'/' | b':'));
        if account.is_empty() || !word {
            return Err(CredentialsError::Account);
        }
        Ok(Self { account: account.to_owned(), key: AccountKey::parse(key)? })
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The account's key.
    #[must_use]
    pub fn key(&self) -> &AccountKey {
        &self.key
    }
}

/// An account key, decoded and loaded into the hash: the state from which every signature starts.
#[derive(Clone)]
pub struct AccountKey(Hmac<Sha256>);

impl AccountKey {
    /// Reads base64, padded or not, in either alphabet, as the SDK does.
    ///
    /// # Errors
    /// [`CredentialsError`] if it isn't base64. The SDK accepts any string and signs with whatever part of it decodes.
    pub fn parse(key: &Secret) -> Result<Self, CredentialsError> {
        let text = key.expose().replace('-', "+").replace('_', "/");
        let bytes = base64::decode(&text).ok_or(CredentialsError::Key)?;
        if bytes.is_empty() {
            return Err(CredentialsError::KeyMissing);
        }
        Hmac::new_from_slice(&bytes).map(Self).map_err(|_| CredentialsError::Key)
    }

    /// The HMAC-SHA256 of `text`, in base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut state = self.0.clone();
        state.update(text.as_bytes());
        base64::encode(&state.finalize().into_bytes())
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_base64_and_stay_inside() {
        let of = |account: &str, key: &str| Credentials::new(account, &Secret::new(key)).map(|c| c.key.sign("text"));
        // RFC 4231, test case 2: the key is `Jefe`.
        let jefe = AccountKey::parse(&Secret::new("SmVmZQ==")).unwrap();
        let expected = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(jefe.sign("what do ya want for nothing?"), expected);
        assert_eq!(of("acct", "_-8="), of("acct", "/+8"));
        assert_eq!(of("acct", ""), Err(CredentialsError::KeyMissing));
        assert_eq!(of("acct", "no base64!"), Err(CredentialsError::Key));
        for account in ["", "a b", "a/b", "a:b", "a\nb", "é"] {
            assert_eq!(of(account, "SmVmZQ=="), Err(CredentialsError::Account), "{account:?}");
        }
        let both = Credentials::new("SmVmZQ==", &Secret::new("SmVmZQ==")).unwrap();
        assert!(!format!("{both:?}").contains("SmVmZQ"));
    }
}
