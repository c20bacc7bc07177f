//! `doctor`: the configuration tried out on the real store.

use langfuse_blob_core::config::endpoint::Endpoint;
use langfuse_blob_core::probe::{Options, Plan, Probe};
use langfuse_blob_core::report::text::Style;
use langfuse_blob_core::text::masker::Masker;
use langfuse_blob_core::variable::Containers;

use super::{Done, Failure, readable};
use crate::cli::{Doctor, TextOrJson};
use crate::doctor::{self, End, Progress};
use crate::exit::Exit;
use crate::files;
use crate::output::{colour, print, say};
use crate::transport::{self, Transport};

/// How long nothing may move on a connection.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Runs the verb.
pub fn run(args: &Doctor) -> Done {
    let gathered = files::gather_named(&[], &args.how)?;
    let deployment = &gathered.deployment;
    readable(deployment)?;
    let origin = args.origin.as_deref().map(origin).transpose()?;
    let wanted: Vec<_> = args.use_case.iter().map(|u| (*u).into()).collect();
    let container = args.how.container.map(Into::into);
    let shell = |name: &str| std::env::var(name).ok();
    let plan = Plan::new(deployment, &wanted, container, args.how.process_env, &shell);
    let mut plan = plan.map_err(|e| Failure::failed(e.to_string()))?;
    let environment = deployment
        .environment(container.unwrap_or(Containers::WORKER))
        .or_else(|| deployment.environment(Containers::BOTH));
    let text = |name: &str| environment.and_then(|e| e.by_name(name)?.text()).map(str::to_owned);
    let extra_ca = text("NODE_EXTRA_CA_CERTS").or_else(|| shell("NODE_EXTRA_CA_CERTS")).map(Into::into);
    let transport = Transport::new(&transport::Options { extra_ca, timeout: PATIENCE })
        .map_err(|e| Failure::failed(e.to_string()))?;
    if let Some(problem) = &transport.trust().extra_problem {
        say(format!("warning: NODE_EXTRA_CA_CERTS: {problem}"));
    }
    if transport.trust().built_in {
        say("note: this system has no certificate authorities; Mozilla's built-in ones are used");
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|e| Failure::failed(format!("the system gives no random numbers: {e}")))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::failed(format!("the system gives no event loop: {e}")))?;
    let mut masker = Masker::new(deployment);
    let variable = |name: &str| text(name).or_else(|| shell(name));
    // What the deployment itself hands to the container is the container's own.
    let own = args.how.process_env || text("AWS_ACCESS_KEY_ID").is_some();
    let progress = Progress::new();
    let (end, probe) = runtime.block_on(async {
        doctor::look_around(&mut plan, &transport, &mut masker, &variable, own).await;
        let mut probe = Probe::new(plan, Options { read_only: args.read_only, origin }, random);
        let end = doctor::run(&transport, &mut probe, &progress).await;
        (end, probe)
    });
    progress.finish();
    if end == End::Abandoned {
        for (use_case, thing) in probe.made() {
            say(format!("left at the store: {} {} ({})", thing.kind(), thing.key(), use_case.name()));
        }
        return Err(Failure { message: "interrupted twice".into(), help: None, exit: Exit::Interrupted });
    }
    let report = probe.report(deployment, &masker);
    print(&match args.format {
        TextOrJson::Text => report.text(deployment, Style { colour: colour() }),
        TextOrJson::Json => report.json(),
    })?;
    Ok(match end {
        End::Over if report.summary.errors > 0 => Exit::Problems,
        End::Over => Exit::Clean,
        _ => Exit::Interrupted,
    })
}

fn origin(text: &str) -> Result<String, Failure> {
    let parsed = Endpoint::parse(text).map(|e| e.origin());
    parsed.map_err(|_| {
        Failure::usage(format!("--origin {text:?} is no URL")).help("Write it as `https://langfuse.example.com`.")
    })
}
