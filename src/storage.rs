//! Carrying out the core's storage operations: configuration to access, request to answer, refusal to sentence.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{Request, Response};
use langfuse_blob_core::config::Config;
use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::cause::{self, Circumstance};
use langfuse_blob_core::storage::{Access, NoAccess, StoreError};
use langfuse_blob_core::text::mask::{Masker, escaped};
use langfuse_blob_core::variable::{Containers, UseCase};

use crate::cli::How;
use crate::commands::Failure;
use crate::exit::Exit;
use crate::files;
use crate::output::say;
use crate::transport::{Body, Incoming, Options, Transport};

/// How long nothing may move on a connection.
const PATIENCE: Duration = Duration::from_mins(1);

/// Most of a refusal that is read. S3's errors have a few hundred bytes.
const REFUSAL: usize = 64 * 1024;

/// The access of a purpose with everything that talking to the store needs.
pub struct Session {
    /// Where and as whom.
    pub access: Access,
    transport: Transport,
    runtime: tokio::runtime::Runtime,
    masker: Masker,
}

impl Session {
    /// Reads the configuration and opens nothing yet. Requests go out as the worker's configuration, links are signed
    /// as web's, unless `--container` says otherwise.
    ///
    /// # Errors
    /// A configuration that cannot be read, or that gives no access.
    pub fn new(how: &How, use_case: UseCase, default: Containers) -> Result<Self, Failure> {
        let gathered = files::gather_named(&[], how)?;
        let deployment = &gathered.deployment;
        if let Some(refusal) = deployment.refusals.first() {
            let at = refusal
                .span
                .and_then(|s| deployment.locate(s))
                .map_or(String::new(), |l| format!("{}:{}: ", l.file, l.line));
            return Err(Failure::failed(format!("{at}{}", refusal.message)).help(refusal.help.clone()));
        }
        let container = how.container.map_or(default, Into::into);
        let environment = deployment
            .environment(container)
            .or_else(|| deployment.environment(Containers::BOTH))
            .ok_or_else(|| Failure::failed("the files say nothing about Langfuse's containers"))?;
        let shell = |name: &str| std::env::var(name).ok();
        let access = Access::new(&Config::new(container, environment), use_case, &shell).map_err(|e| no_access(&e))?;
        let extra_ca = environment.by_name("NODE_EXTRA_CA_CERTS").and_then(|s| s.text()).map(Into::into);
        let extra_ca = extra_ca.or_else(|| std::env::var_os("NODE_EXTRA_CA_CERTS").map(Into::into));
        let transport =
            Transport::new(&Options { extra_ca, timeout: PATIENCE }).map_err(|e| Failure::failed(e.to_string()))?;
        if let Some(problem) = &transport.trust().extra_problem {
            say(format!("warning: NODE_EXTRA_CA_CERTS: {problem}"));
        }
        if transport.trust().built_in {
            say("note: this system has no certificate authorities; Mozilla's built-in ones are used");
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::failed(format!("the system gives no event loop: {e}")))?;
        let mut masker = Masker::new(deployment);
        masker.add(access.credentials.secret.expose());
        masker.finish();
        Ok(Self { access, transport, runtime, masker })
    }

    /// Runs `work` to its end; Ctrl-C ends it early.
    ///
    /// # Errors
    /// What `work` says, or the interruption.
    pub fn run<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done,
                _ = tokio::signal::ctrl_c() => Err(Failure { message: "interrupted; nothing was completed".into(), help: None, exit: Exit::Interrupted }),
            }
        })
    }

    /// Sends `request`; an answer that is no success becomes the failure that it means.
    ///
    /// # Errors
    /// The network's or the store's refusal in one sentence, with what to do.
    pub async fn send(
        &self,
        request: Request<Body>,
        circumstance: Circumstance,
    ) -> Result<Response<Incoming>, Failure> {
        let host = request.uri().authority().map_or_else(String::new, ToString::to_string);
        let answer = self.transport.send(request).await.map_err(|e| {
            Failure::failed(self.masker.mask(&format!("{}: {e}", escaped(&host)))).help(format!(
                "The request went to {} for bucket {}. Is the endpoint the one that this machine can reach?",
                self.access.target.origin(),
                escaped(&self.access.target.bucket)
            ))
        })?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = body.read(REFUSAL).await.map(|b| b.bytes).unwrap_or_default();
        let error = StoreError::read(parts.status, &parts.headers, &body);
        Err(self.refused(&error, circumstance))
    }

    fn refused(&self, error: &StoreError, circumstance: Circumstance) -> Failure {
        let known = cause::of(error, circumstance);
        let bucket = format!("{} on {}", self.access.target.bucket, self.access.target.origin());
        let error = error.to_string();
        let error = error.trim_end_matches('.');
        let message = match known {
            Some(known) => format!("the store refused: {error}. {} (bucket {bucket})", known.cause),
            None => format!("the store refused: {error} (bucket {bucket})"),
        };
        let failure = Failure::failed(self.masker.mask(&message));
        match known {
            Some(known) => failure.help(known.remedy),
            None => failure,
        }
    }
}

fn no_access(error: &NoAccess) -> Failure {
    let failure = match error {
        NoAccess::Engine(_) => Failure::usage(error.to_string()),
        _ => Failure::failed(error.to_string()),
    };
    match error {
        NoAccess::Missing(_) | NoAccess::Credentials { .. } => failure.help(
            "Name the configuration with --config or --env-file, or set the variable; `langfuse-blob show` prints what is read.",
        ),
        NoAccess::Hidden(_) => failure.help("Hand over the Secret too, or name a second file with --env-file that sets it."),
        NoAccess::Target(..) => failure.help("`langfuse-blob check` says what to write."),
        NoAccess::Engine(_) => failure,
    }
}

/// The system's clock, in the form that signatures take.
///
/// # Errors
/// A clock that stands before 1970 or after 9999.
pub fn now() -> Result<Timestamp, Failure> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| Failure::failed("the system's clock stands before 1970"))?;
    Timestamp::from_unix(seconds.as_secs()).map_err(|e| Failure::failed(e.to_string()))
}
