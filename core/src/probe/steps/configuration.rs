//! The settings themselves.

use crate::probe::case::Case;
use crate::probe::result::{Finding, StepResult};
use crate::probe::row::{Row, Work};
use crate::probe::step::Step;
use crate::probe::subject::LocalCredentials;
use crate::report::Severity;
use crate::storage::access::Place;
use crate::storage::{NoAccess, azure};

pub(in crate::probe) static CONFIGURATION: Row =
    Row::new(Step::Configuration, "the settings: do they give an address and credentials?", Work::Evaluate(evaluate));

/// Whether the settings give an address and credentials.
fn evaluate(case: &Case) -> StepResult {
    let accesses = match &case.subject.access {
        Ok(accesses) => accesses,
        Err(NoAccess::Engine(engine)) => {
            let finding = Finding::new("engine-not-probed", Severity::Hint).detail(engine.name());
            return StepResult {
                finding: Some(finding),
                ..StepResult::skip(format!("{} isn't supported yet", engine.name()))
            };
        }
        Err(NoAccess::Azure(name, why)) if *why == azure::CredentialsError::Key.to_string() => {
            return StepResult::fail("azure-key-unreadable", "").about(Some((*name).to_owned()));
        }
        Err(error @ NoAccess::Hidden(name)) => {
            let command = format!("{}.", case.subject.context.command);
            let finding = Finding::new("value-hidden", Severity::Hint).detail(error.to_string()).extra_help(command);
            let result = StepResult { finding: Some(finding), ..StepResult::skip("a required value isn't known here") };
            return result.about(Some(name.clone()));
        }
        Err(error) => {
            let variable = match error {
                NoAccess::Missing(name) | NoAccess::Target(name, _) | NoAccess::Azure(name, _) => (*name).to_owned(),
                NoAccess::Hidden(_) | NoAccess::Engine(_) => String::new(),
            };
            let slug = if variable.ends_with("_REGION") && matches!(error, NoAccess::Missing(_)) {
                "region-not-set"
            } else {
                "configuration-unusable"
            };
            return StepResult::fail(slug, error.to_string()).about(Some(variable));
        }
    };
    match &accesses.local_credentials {
        LocalCredentials::Missing(why) => {
            let context = &case.subject.context;
            if context.inside || !accesses.requests.place.is_amazon() {
                return StepResult::fail("credentials-missing", why.clone());
            }
            let finding = Finding::new("identity-only-inside", Severity::Hint)
                .detail(why.clone())
                .extra_help(format!("{}.", context.command));
            StepResult {
                finding: Some(finding),
                ..StepResult::skip("no keys are set and this machine has none; the role exists only inside")
            }
        }
        _ => StepResult::pass(match &accesses.requests.place {
            Place::S3 { .. } => "S3",
            Place::Azure { .. } => "Azure Blob Storage",
        }),
    }
}
