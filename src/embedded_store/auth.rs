//! The store's only access key.

use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3ErrorCode, S3Result};

/// Accepts one access key. Its secret is never printed: `SecretKey` redacts itself.
#[derive(Debug)]
pub(super) struct SingleKey {
    pub access_key_id: String,
    pub secret_access_key: SecretKey,
}

#[async_trait::async_trait]
impl S3Auth for SingleKey {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.access_key_id {
            Ok(self.secret_access_key.clone())
        } else {
            Err(S3Error::with_message(
                S3ErrorCode::InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records.",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn other_keys_are_unknown_and_the_secret_stays_hidden() {
        let auth = SingleKey { access_key_id: "AKID".to_owned(), secret_access_key: SecretKey::from("s3cr3t-value") };
        assert!(auth.get_secret_key("AKID").await.is_ok());
        let error = auth.get_secret_key("other").await.unwrap_err();
        assert_eq!(*error.code(), S3ErrorCode::InvalidAccessKeyId);
        assert!(!format!("{auth:?}").contains("s3cr3t-value"));
    }
}
