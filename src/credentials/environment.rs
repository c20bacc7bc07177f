//! The variables of the chain, and the first source: a key pair among them.

use std::collections::BTreeMap;
use std::fmt;

use langfuse_blob_core::sign::{Credentials, Timestamp};
use langfuse_blob_core::text::secret::Secret;

use super::around::Around;
use super::{Found, Reason};

/// The variables that the chain reads.
macro_rules! variables {
    ($($constant:ident = $name:literal,)+) => {
        $(pub(super) const $constant: &str = $name;)+

        /// Every variable that the chain reads, by its name.
        pub const NAMES: [&str; [$($name),+].len()] = [$($name),+];
    };
}

variables! {
    KEY_ID = "AWS_ACCESS_KEY_ID",
    SECRET = "AWS_SECRET_ACCESS_KEY",
    TOKEN = "AWS_SESSION_TOKEN",
    EXPIRATION = "AWS_CREDENTIAL_EXPIRATION",
    REGION = "AWS_REGION",
    PROFILE = "AWS_PROFILE",
    CONFIG_FILE = "AWS_CONFIG_FILE",
    CREDENTIALS_FILE = "AWS_SHARED_CREDENTIALS_FILE",
    HOME = "HOME",
    USER_PROFILE = "USERPROFILE",
    HOME_DRIVE = "HOMEDRIVE",
    HOME_PATH = "HOMEPATH",
    ENDPOINT = "AWS_ENDPOINT_URL",
    ENDPOINT_STS = "AWS_ENDPOINT_URL_STS",
    ENDPOINT_SSO = "AWS_ENDPOINT_URL_SSO",
    ENDPOINT_SSO_OIDC = "AWS_ENDPOINT_URL_SSO_OIDC",
    IGNORE_ENDPOINTS = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    WEB_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE",
    WEB_ROLE = "AWS_ROLE_ARN",
    WEB_SESSION = "AWS_ROLE_SESSION_NAME",
    CONTAINER_RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    CONTAINER_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    CONTAINER_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    CONTAINER_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    INSTANCE_DISABLED = "AWS_EC2_METADATA_DISABLED",
    INSTANCE_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED",
    INSTANCE_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    INSTANCE_ENDPOINT_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
}

/// The values of [`NAMES`] at one moment. An empty one counts as unset, as it does to the SDK.
pub(super) struct Environment(BTreeMap<&'static str, String>);

impl Environment {
    pub(super) fn new(lookup: &dyn Fn(&str) -> Option<String>) -> Self {
        Self(NAMES.into_iter().filter_map(|n| lookup(n).filter(|v| !v.is_empty()).map(|v| (n, v))).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Set to anything but `false`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| v != "false")
    }

    /// The user's folder, which the shared files are in.
    pub(super) fn home(&self) -> Option<String> {
        let drive = || self.get(HOME_DRIVE).unwrap_or("C:\\");
        let whole = self.get(HOME).or_else(|| self.get(USER_PROFILE)).map(str::to_owned);
        whole.or_else(|| self.get(HOME_PATH).map(|path| format!("{}{path}", drive())))
    }
}

/// The names alone: some of the values are secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The pair. A profile that is named goes before it: the SDK doesn't look at the pair then.
pub(super) fn find(around: &Around<'_>) -> Found {
    if around.environment.get(PROFILE).is_some() {
        return Err(Reason::next("AWS_PROFILE is set, and the SDK then passes a key pair over"));
    }
    pair(around.environment)
}

/// The pair, whatever else is set.
pub(super) fn pair(environment: &Environment) -> Found {
    match (environment.get(KEY_ID), environment.get(SECRET)) {
        (Some(id), Some(secret)) => {
            let credentials = Credentials {
                access_key_id: id.to_owned(),
                secret: Secret::new(secret),
                session_token: environment.get(TOKEN).map(Secret::new),
            };
            Ok((credentials, environment.get(EXPIRATION).and_then(|t| Timestamp::parse(t).ok())))
        }
        (None, None) => Err(Reason::next("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")),
        (Some(_), None) => Err(Reason::next("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")),
        (None, Some(_)) => Err(Reason::next("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not")),
    }
}
