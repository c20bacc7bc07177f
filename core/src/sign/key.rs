//! Step 3: the signing key. It depends only on secret, day, region and service, so it's cached.

use std::fmt;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};

use super::Scope;
use crate::text::secret::Secret;

/// How many keys are cached: two days around midnight for each of the four use cases.
const KEPT: usize = 8;

/// A derived signing key, valid for one day in one region. It can sign anything there, so it's never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// Derives the key.
    #[must_use]
    pub fn derive(secret: &Secret, scope: &Scope<'_>) -> Self {
        let key = generate_signing_key(secret.expose(), scope.at.system_time(), scope.region, scope.service);
        // An HMAC-SHA-256 always has this length; the crate's type just doesn't say so.
        Self(key.as_ref().try_into().unwrap_or_default())
    }

    /// The signature of `string_to_sign`: 64 hexadecimal digits.
    #[must_use]
    pub fn sign(&self, string_to_sign: &str) -> String {
        calculate_signature(self.0, string_to_sign.as_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

struct Kept {
    secret: Secret,
    day: u64,
    region: String,
    service: String,
    key: SigningKey,
}

/// Cached keys. Owned by the caller, so that nothing here is shared or locked.
#[derive(Default)]
pub struct KeyCache(Vec<Kept>);

impl KeyCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of `secret` for `scope`, derived on first use.
    pub fn key(&mut self, secret: &Secret, scope: &Scope<'_>) -> SigningKey {
        let day = scope.at.day();
        let fits =
            |k: &&Kept| k.day == day && k.region == scope.region && k.service == scope.service && k.secret == *secret;
        if let Some(kept) = self.0.iter().find(fits) {
            return kept.key.clone();
        }
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        let key = SigningKey::derive(secret, scope);
        let (region, service) = (scope.region.to_owned(), scope.service.to_owned());
        self.0.push(Kept { secret: secret.clone(), day, region, service, key: key.clone() });
        key
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCache({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{S3, Timestamp};
    use super::*;

    #[test]
    fn is_kept_by_secret_day_region_and_service() {
        let mut cache = KeyCache::new();
        let at = |text| Timestamp::parse(text).unwrap();
        let (first, second) = (Secret::new("one"), Secret::new("two"));
        let base = Scope { region: "us-east-1", service: S3, at: at("2026-01-31T23:59:59Z") };
        let scopes = [
            base,
            Scope { at: at("2026-02-01T00:00:00Z"), ..base },
            Scope { region: "eu-west-1", ..base },
            Scope { service: "sts", ..base },
        ];
        for _ in 0..2 {
            for scope in scopes {
                for secret in [&first, &second] {
                    assert_eq!(cache.key(secret, &scope), SigningKey::derive(secret, &scope));
                }
            }
        }
        assert_eq!(cache.0.len(), 8);
        cache.key(&first, &Scope { region: "ninth", ..base });
        assert_eq!(cache.0.len(), KEPT);
        assert_eq!(cache.key(&first, &base), SigningKey::derive(&first, &base));
        assert_eq!(format!("{cache:?} {:?}", cache.key(&first, &base)), "KeyCache(8 keys) SigningKey(***)");
    }
}
