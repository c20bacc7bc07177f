//! A store opened with the operator's configuration, and the operations on it. The core builds requests and parses
//! responses; this module puts requests in order, sends and retries them.

mod exchange;
mod guard;
mod listing;
mod object;
mod parts;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use langfuse_blob_core::command::Sources;
use langfuse_blob_core::config::Config;
use langfuse_blob_core::connect::{ConnectTo, Route};
use langfuse_blob_core::redact::Redactor;
use langfuse_blob_core::sign::{Credentials, KeyCache, Timestamp};
use langfuse_blob_core::storage::access::{Identity, Place};
use langfuse_blob_core::storage::azure::create_container::{CreateContainer, was_there};
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::retry::Repeat;
use langfuse_blob_core::storage::{Access, KeyError, NoAccess, accepted, key};
use langfuse_blob_core::text::secret::Secret;
use langfuse_blob_core::variable::{Containers, UseCase, Var, var};
use tokio::sync::OnceCell;

use crate::clock;
use crate::credentials::Chain;
use crate::failure::{Failure, readable};
use crate::files;
use crate::output::{eprint_line, note, shell_word};
use crate::reach::{Reached, reach};
use crate::runtime::Runtime;
use crate::signals::Signals;
use crate::transport::{Options, Transport};
use crate::trust::{self, Configured};

pub use exchange::{About, At, Refused, details, random};
pub use listing::{Depth, IncompleteUpload, Listed, Page, Stop};
pub use object::Write;
pub use parts::Upload;

/// How long a connection may be idle.
const PATIENCE: Duration = Duration::from_mins(1);

const KEY_SEGMENT: Var = var("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES");
const MEDIA_LENGTH: Var = var("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH");
const WRITE_MODE: Var = var("LANGFUSE_MIGRATION_V4_WRITE_MODE");
const LINK_HOURS: Var = var("BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS");

/// Access to a use case's store, with everything that requests need.
pub struct Session {
    /// Which store, and with which identity.
    pub access: Access,
    /// How many retries there were.
    pub retried: Cell<u64>,
    /// What the deployment sets besides the store.
    pub settings: Settings,
    /// The flags that name the configuration.
    sources: Sources,
    /// `--connect-to`.
    connect_to: Vec<ConnectTo>,
    /// The configured credentials; empty if there are none.
    fixed: Rc<Credentials>,
    chain: Option<Chain>,
    transport: Transport,
    /// How the store is reached.
    reached: Reached,
    /// Whether writes may go there.
    guarded: OnceCell<Result<(), Failure>>,
    runtime: Runtime,
    redactor: Redactor,
    keys: RefCell<KeyCache>,
    /// By how many seconds the store's clock is ahead of this machine's, if it rejected a request because of that.
    ahead: Cell<i64>,
}

/// Langfuse's settings besides the store.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`, in bytes.
    pub key_segment: Option<usize>,
    /// `LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH`, in bytes.
    pub media_length: Option<u64>,
    /// `BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS`.
    pub link_hours: Option<u64>,
    /// Whether users open Langfuse under another name than this machine's own.
    pub public: bool,
    /// Whether Langfuse's ingestion API rejects trace, span and generation events: `LANGFUSE_MIGRATION_V4_WRITE_MODE` is
    /// `events_only`, as release 4 has it by default.
    pub rejects_traces: bool,
}

impl Session {
    /// Reads the configuration without opening anything yet. Requests use the worker's configuration, presigned URLs
    /// web's, unless `--container` says otherwise. `connect_to` has the rules of the flag of the same name, `None` for a verb that only signs.
    ///
    /// # Errors
    /// The configuration can't be read, or doesn't give access.
    pub fn new(
        sources: &Sources,
        connect_to: Option<&[ConnectTo]>,
        use_case: UseCase,
        default: Containers,
    ) -> Result<Self, Failure> {
        let gathered = files::gather(sources)?;
        gathered.read_line().iter().for_each(eprint_line);
        let deployment = &gathered.deployment;
        readable(deployment)?;
        let container = sources.container.unwrap_or(default);
        let environment = deployment
            .environment(container)
            .or_else(|| deployment.environment(Containers::BOTH))
            .ok_or_else(|| Failure::failed("the files don't configure any Langfuse container"))?;
        let configured = Configured::new(Some(environment), sources.trust_config);
        let config = Config::new(container, environment);
        let access = Access::new(&config, use_case, &trust::process).map_err(|e| no_access(&e))?;
        let (extra_ca, untested) = configured.extra_ca();
        untested.iter().for_each(note);
        let transport = Transport::new(&Options { extra_ca, timeout: PATIENCE, ..Options::default() })
            .map_err(|e| Failure::failed(e.to_string()))?;
        if let Some(problem) = &transport.trust().extra_problem {
            eprint_line(format!("warning: NODE_EXTRA_CA_CERTS: {problem}"));
        }
        if transport.trust().built_in {
            note("note: this system has no CA certificates; using Mozilla's built-in ones");
        }
        let runtime = Runtime::new()?;
        let mut redactor = Redactor::new(deployment);
        let mut chain = None;
        let mut fixed = Credentials { access_key_id: String::new(), secret: Secret::new(""), session_token: None };
        match &access.place {
            Place::S3 { identity: Identity::Keys(keys), .. } => {
                redactor.add(keys.secret.expose());
                fixed = keys.clone();
            }
            Place::S3 { identity: Identity::Chain, .. } => {
                let made = configured.chain(&access.place, &transport);
                chain = Some(made.map_err(|e| Failure::failed(e.to_string()))?);
            }
            Place::Azure { .. } => {}
        }
        redactor.finish();
        let mut reached = Reached::default();
        // Credentials come over the transport as it was: `--connect-to` is about the store.
        let mut to_store = transport;
        if let Some(connect_to) = connect_to {
            let origin = access.place.origin();
            reached = runtime.block_on(async { Ok(reach(deployment, connect_to, &to_store, &origin).await) })?;
            let automatic = reached.route.as_ref().filter(|route| route.is_automatic());
            if let Some(route) = automatic {
                eprint_line(route.to_string());
            }
            let rules: Vec<ConnectTo> = connect_to.iter().cloned().chain(automatic.map(Route::rule)).collect();
            to_store = to_store.connecting(&rules).map_err(|e| Failure::failed(e.to_string()))?;
        }
        let settings = Settings {
            key_segment: config.count(KEY_SEGMENT).and_then(|n| n.try_into().ok()),
            media_length: config.count(MEDIA_LENGTH),
            link_hours: config.count(LINK_HOURS),
            public: config.is_public(),
            rejects_traces: match config.environment.text(WRITE_MODE) {
                Some(mode) => mode == "events_only",
                None => !deployment.versions.iter().any(|(_, version, _)| version.major < 4),
            },
        };
        let keys = RefCell::new(KeyCache::new());
        Ok(Self {
            access,
            retried: Cell::new(0),
            settings,
            sources: sources.clone(),
            fixed: Rc::new(fixed),
            chain,
            transport: to_store,
            reached,
            guarded: OnceCell::new(),
            connect_to: connect_to.unwrap_or_default().to_vec(),
            runtime,
            redactor,
            keys,
            ahead: Cell::new(0),
        })
    }

    /// Runs `work` to its end. Ctrl-C or SIGTERM stops it, and `on_interrupt` then cleans up and returns the message.
    ///
    /// # Errors
    /// An error of `work`, or the interruption.
    pub fn run<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
        on_interrupt: impl AsyncFnOnce() -> String,
    ) -> Result<T, Failure> {
        self.runtime.block_on(async {
            let mut signals =
                Signals::watched().map_err(|e| Failure::failed(format!("the system provides no signals: {e}")))?;
            tokio::select! {
                done = work => done,
                () = signals.received() => {
                    let message = tokio::select! {
                        message = on_interrupt() => message,
                        // A second signal is deliberate.
                        () = signals.received() => "interrupted twice; stopped without cleaning up".into(),
                    };
                    Err(Failure::interrupted(message))
                }
            }
        })
    }

    /// Runs `work` to its end, for work that leaves nothing to clean up when Ctrl-C stops it.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn run_simply<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.run(work, async || "interrupted".to_owned())
    }

    /// Whether the credentials have a session that expires.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.fixed.session_token.is_some() || self.chain.is_some()
    }

    /// Before the first write: verifies that a published port is the store's, and creates the container where Langfuse
    /// would (on Azure, with `LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false`).
    ///
    /// # Errors
    /// It may be another store; or the store's error, in one sentence.
    pub async fn prepare_writes(&self) -> Result<(), Failure> {
        self.guard().await?;
        let Place::Azure { creates_container: true, .. } = &self.access.place else { return Ok(()) };
        let circumstance = Circumstance { action: Some(Action::Put), presigned: false };
        let build = exchange::of_azure(|target, signer| CreateContainer.request(target, signer));
        let read = |head: &http::response::Parts, body: &[u8]| match accepted(head, body) {
            Err(error) if was_there(&error) => Ok(()),
            other => other,
        };
        self.ask(Repeat::Harmless, build, read).await.map_err(|e| self.failure(e, circumstance, About::Bucket))
    }

    /// Whether `key` can be sent to this store.
    ///
    /// # Errors
    /// Why it can't.
    pub fn check_key(&self, key: &str) -> Result<(), KeyError> {
        if self.access.place.is_azure() { key::check_on_azure(key) } else { key::check(key) }
    }

    /// The shell command that aborts the incomplete uploads of `key`.
    #[must_use]
    pub fn abort_command(&self, key: &str) -> String {
        self.command("rm --uploads", &[key])
    }

    /// A shell command that reads the same configuration: the verb, with its flags, and its arguments.
    #[must_use]
    pub fn command(&self, verb: &str, arguments: &[&str]) -> String {
        let mut words = vec!["langfuse-blob".to_owned(), verb.to_owned()];
        words.extend(arguments.iter().map(|argument| shell_word(argument)));
        // The default of the other verbs; the doctor's is all use cases.
        if matches!(verb, "doctor" | "rm --uploads") || self.access.use_case != UseCase::Events {
            words.extend(["--use-case".into(), self.access.use_case.name().into()]);
        }
        for (flag, files) in [("--config", &self.sources.config), ("--env-file", &self.sources.env_file)] {
            words.extend(files.iter().flat_map(|file| [flag.to_owned(), shell_word(file)]));
        }
        for rule in &self.connect_to {
            words.extend(["--connect-to".to_owned(), shell_word(&rule.to_string())]);
        }
        if self.sources.process_env {
            words.push("--process-env".into());
        }
        words.join(" ")
    }

    /// `text` with the deployment's secrets redacted.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.redactor.mask(text)
    }

    /// Uses the store's time for signatures from now on.
    fn set_clock(&self, there: Timestamp) -> Result<(), Failure> {
        let here = i64::try_from(now()?.unix()).unwrap_or(i64::MAX);
        self.ahead.set(i64::try_from(there.unix()).unwrap_or(i64::MAX).saturating_sub(here));
        Ok(())
    }

    /// The time for signatures: this machine's, or the store's once it is known to differ.
    ///
    /// # Errors
    /// The clock is before 1970 or after 9999.
    pub fn time(&self) -> Result<Timestamp, Failure> {
        let seconds = now()?.unix().saturating_add_signed(self.ahead.get());
        Timestamp::from_unix(seconds).map_err(|e| Failure::failed(e.to_string()))
    }
}

fn no_access(error: &NoAccess) -> Failure {
    let failure = match error {
        NoAccess::Engine(_) => Failure::usage(error.to_string()),
        _ => Failure::failed(error.to_string()),
    };
    match error {
        NoAccess::Missing(_) => failure.help(
            "Pass the configuration with --config or --env-file, or set the variable; `langfuse-blob show` prints what is read.",
        ),
        NoAccess::Hidden(_) => failure.help("Also pass the Secret, or a file that sets it with --env-file."),
        NoAccess::Target(..) | NoAccess::Azure(..) => failure.help("Run `langfuse-blob check` for the fix."),
        NoAccess::Engine(_) => failure,
    }
}

/// The system's clock.
///
/// # Errors
/// The clock is before 1970 or after 9999.
pub fn now() -> Result<Timestamp, Failure> {
    clock::now().ok_or_else(|| Failure::failed("the system's clock is before 1970 or after 9999"))
}

/// The system's clock in milliseconds since 1970, as in the names of Langfuse's exports.
///
/// # Errors
/// The clock is before 1970.
pub fn milliseconds() -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.map_err(|_| Failure::failed("the system's clock is before 1970"))?;
    u64::try_from(since.as_millis()).map_err(|_| Failure::failed("the system's clock is too far in the future"))
}
