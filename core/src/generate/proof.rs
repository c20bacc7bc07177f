//! A plan is written only if it passes the rules of `check`, so no rule about values has to be repeated here.

use super::plan::ConfigPlan;
use super::setting::{Credential, Value, settings};
use super::{Error, Id, Wrong};
use crate::check::{Options, check};
use crate::report::Severity;
use crate::rule;
use crate::source::{self, Deployment, Environment, Wrapper};
use crate::variable::{Containers, Role, Var, find};

/// Rejects a plan for which `check` would report an error or a warning.
pub(super) fn prove(plan: &ConfigPlan) -> Result<(), Error> {
    let mut deployment = Deployment::new(Wrapper::Raw);
    for container in [Containers::WEB, Containers::WORKER] {
        let mut environment = Environment::default();
        for setting in settings(plan).into_iter().filter(|s| s.containers.meets(container)) {
            let value = match &setting.value {
                Value::Text(text) => source::Value::Known(text.clone()),
                Value::Credential(which) => credential(plan, *which),
            };
            environment.set(source::Setting::new(setting.var.name(), value));
        }
        // The chart sets these itself.
        if plan.access == super::Access::Chart {
            for bucket in &plan.buckets {
                for (role, which) in
                    [(Role::AccessKeyId, Credential::KeyId), (Role::SecretAccessKey, Credential::Secret)]
                {
                    if let Some(var) = crate::variable::slot(bucket.use_case, role) {
                        environment.set(source::Setting::new(var.name(), credential(plan, which)));
                    }
                }
            }
        }
        deployment.environments.push((container, environment));
    }
    let report = check(&deployment, &Options { version: plan.version, ..Options::default() });
    let Some(finding) = report.diagnostics.into_iter().find(|d| d.severity > Severity::Hint) else { return Ok(()) };
    let variable = finding.variable.as_deref().and_then(find);
    Err(Error::Wrong(Wrong {
        field: variable.and_then(|v| field_of(plan, v, &finding.containers.names().collect::<Vec<_>>())),
        message: finding.message,
        help: finding.help,
        rule: rule::by_slug(&finding.rule).map(|r| r.slug),
    }))
}

fn credential(plan: &ConfigPlan, which: Credential) -> source::Value {
    match plan.credential(which) {
        Some(text) => source::Value::Known(text.to_owned()),
        None => source::Value::Reference { name: plan.secret_name.clone(), key: which.key().into(), secret: true },
    }
}

/// The field that `variable` got its value from.
fn field_of(plan: &ConfigPlan, variable: Var, containers: &[&str]) -> Option<Id> {
    let row = variable.row();
    let use_case = row.use_case?;
    Some(match row.role? {
        Role::Bucket if plan.separate => Id::bucket_of(use_case),
        Role::Bucket => Id::Bucket,
        Role::Prefix => Id::prefix_of(use_case),
        Role::Region => Id::Region,
        Role::Endpoint if plan.outside.is_some() && containers == ["web"] => Id::StorePublicUrl,
        Role::ExternalEndpoint if plan.outside.is_some() => Id::StorePublicUrl,
        Role::Endpoint | Role::ExternalEndpoint => Id::Endpoint,
        Role::AccessKeyId => Id::AccessKeyId,
        Role::SecretAccessKey => Id::SecretAccessKey,
        Role::Sse => Id::Sse,
        Role::SseKmsKeyId => Id::KmsKeyId,
        Role::ForcePathStyle => Id::Provider,
        Role::Enabled => Id::UseCases,
    })
}
