//! The chain's variables, and its first source: keys in them.

use std::collections::BTreeMap;
use std::fmt;

use langfuse_blob_core::sign::{Credentials, Timestamp};
use langfuse_blob_core::text::secret::Secret;

use super::outcome::{Found, Reason};

/// Where a variable of the chain may be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum From {
    /// In an examined file, else in this process's environment.
    File,
    /// Only in this process's environment: the variable names a file, a program or an endpoint, and the author of an
    /// examined file must not decide what is read or run here, nor where tokens are sent.
    Process,
}

/// The variables that the chain reads.
macro_rules! variables {
    ($($constant:ident = $name:literal from $from:ident,)+) => {
        $(pub(super) const $constant: &str = $name;)+

        /// The names of all variables that the chain reads.
        pub const NAMES: [&str; [$($name),+].len()] = [$($name),+];

        const FROM: [(&str, From); NAMES.len()] = [$(($name, From::$from)),+];
    };
}

variables! {
    KEY_ID = "AWS_ACCESS_KEY_ID" from File,
    SECRET = "AWS_SECRET_ACCESS_KEY" from File,
    TOKEN = "AWS_SESSION_TOKEN" from File,
    EXPIRATION = "AWS_CREDENTIAL_EXPIRATION" from File,
    REGION = "AWS_REGION" from File,
    PROFILE = "AWS_PROFILE" from File,
    CONFIG_FILE = "AWS_CONFIG_FILE" from Process,
    CREDENTIALS_FILE = "AWS_SHARED_CREDENTIALS_FILE" from Process,
    HOME = "HOME" from Process,
    USER_PROFILE = "USERPROFILE" from Process,
    HOME_DRIVE = "HOMEDRIVE" from Process,
    HOME_PATH = "HOMEPATH" from Process,
    ENDPOINT = "AWS_ENDPOINT_URL" from Process,
    ENDPOINT_STS = "AWS_ENDPOINT_URL_STS" from Process,
    ENDPOINT_SSO = "AWS_ENDPOINT_URL_SSO" from Process,
    ENDPOINT_SSO_OIDC = "AWS_ENDPOINT_URL_SSO_OIDC" from Process,
    IGNORE_ENDPOINTS = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" from Process,
    WEB_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE" from Process,
    WEB_ROLE = "AWS_ROLE_ARN" from Process,
    WEB_SESSION = "AWS_ROLE_SESSION_NAME" from Process,
    CONTAINER_RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" from Process,
    CONTAINER_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI" from Process,
    CONTAINER_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN" from Process,
    CONTAINER_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" from Process,
    INSTANCE_DISABLED = "AWS_EC2_METADATA_DISABLED" from File,
    INSTANCE_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED" from File,
    INSTANCE_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT" from Process,
    INSTANCE_ENDPOINT_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE" from Process,
}

/// The variables that only the process may set.
pub fn process_only() -> impl Iterator<Item = &'static str> {
    FROM.into_iter().filter(|(_, from)| *from == From::Process).map(|(name, _)| name)
}

/// Where the variables of the chain come from.
pub struct Variables<'v> {
    /// What the examined files set.
    pub file: &'v dyn Fn(&str) -> Option<String>,
    /// What this process's own environment sets.
    pub process: &'v dyn Fn(&str) -> Option<String>,
    /// How much the files may decide.
    pub trust: Trust,
}

/// How much the examined files may decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Everything: they are the user's own.
    Full,
    /// Only keys, region and profile: nothing that opens, runs or sends anything.
    Data,
    /// Like [`Trust::Data`], and only their own keys are used: the endpoint they set may be anyone's, so credentials of
    /// this machine aren't sent there.
    OwnKeys,
}

/// The values of [`NAMES`] at one moment. An empty one counts as unset, as in the SDK.
pub(super) struct Environment {
    values: BTreeMap<&'static str, String>,
    /// Variables that a file sets, but only the process may set.
    withheld: Vec<&'static str>,
    /// Whether a file named the profile.
    profile_from_file: bool,
    trust: Trust,
}

impl Environment {
    pub(super) fn new(variables: &Variables<'_>) -> Self {
        let filled = |lookup: &dyn Fn(&str) -> Option<String>, name| lookup(name).filter(|v| !v.is_empty());
        let of_file = |name| filled(variables.file, name);
        // A key ID from one place and a secret from another don't belong together.
        let keys_from_file = [KEY_ID, SECRET].into_iter().any(|name| of_file(name).is_some());
        let mut environment =
            Self { values: BTreeMap::new(), withheld: Vec::new(), profile_from_file: false, trust: variables.trust };
        for (name, from) in FROM {
            let by_file = of_file(name);
            let by_process = || filled(variables.process, name);
            let is_key = [KEY_ID, SECRET, TOKEN, EXPIRATION].contains(&name);
            let value = match (variables.trust, from) {
                (Trust::Data | Trust::OwnKeys, From::Process) => {
                    if by_file.is_some_and(|value| by_process() != Some(value)) {
                        environment.withheld.push(name);
                    }
                    by_process()
                }
                (Trust::OwnKeys, From::File) if is_key => by_file,
                _ if is_key && keys_from_file => by_file,
                _ => {
                    environment.profile_from_file |= name == PROFILE && by_file.is_some();
                    by_file.or_else(by_process)
                }
            };
            if let Some(value) = value {
                environment.values.insert(name, value);
            }
        }
        environment
    }

    /// Whether only the files' own keys may be used.
    pub(super) fn is_restricted(&self) -> bool {
        self.trust == Trust::OwnKeys
    }

    /// Whether an untrusted file selected the profile: its program isn't run then.
    pub(super) fn profile_is_untrusted(&self) -> bool {
        self.profile_from_file && self.trust != Trust::Full
    }

    /// The variables of a file that have no effect here, as a sentence; `None` if there are none.
    pub(super) fn withheld(&self) -> Option<String> {
        let (last, others) = self.withheld.split_last()?;
        let names = if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
        let verb = if others.is_empty() { "describes" } else { "describe" };
        Some(format!("{names} of an examined file {verb} the container and had no effect here"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether it is set to anything but `false`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| v != "false")
    }

    /// The user's home directory, which holds the shared files.
    pub(super) fn home(&self) -> Option<String> {
        let drive = || self.get(HOME_DRIVE).unwrap_or("C:\\");
        let whole = self.get(HOME).or_else(|| self.get(USER_PROFILE)).map(str::to_owned);
        whole.or_else(|| self.get(HOME_PATH).map(|path| format!("{}{path}", drive())))
    }
}

/// Only the names: some values are secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// The keys. A named profile takes precedence: then the SDK doesn't use these keys.
pub(super) fn find(environment: &Environment) -> Found {
    if environment.get(PROFILE).is_some() {
        return Err(Reason::next("AWS_PROFILE is set, so the SDK ignores keys in the environment"));
    }
    pair(environment)
}

/// The keys, even if a profile is named.
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
        (None, None) => Err(Reason::next("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY aren't set")),
        (Some(_), None) => Err(Reason::next("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY isn't")),
        (None, Some(_)) => Err(Reason::next("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID isn't")),
    }
}
