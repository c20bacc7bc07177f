//! `ecs`: what an ECS task definition says about storage: environment and secrets of web and worker, and the task role.
//! Secrets are references to keys of one secret in AWS Secrets Manager, because everyone who may read a task definition may
//! read its environment.

use serde_json::{Map, Value as Json, json};

use super::json::pretty;
use super::plan::{Access, ConfigPlan};
use super::setting::{Credential, Setting, Value, settings};
use super::{Beside, Error, Id, Output, OutputFormat};
use crate::order;
use crate::text::secret::Secret;
use crate::variable::Containers;

/// The containers with their images, as the official compose file names them.
const CONTAINERS: [(&str, &str, Containers); 2] = [
    ("langfuse-web", "docker.langfuse.com/langfuse/langfuse", Containers::WEB),
    ("langfuse-worker", "docker.langfuse.com/langfuse/langfuse-worker", Containers::WORKER),
];

/// The release line of the images, if no release is given.
const LATEST: &str = "4";

/// The file with the secret's content.
const SECRET: &str = "secret.json";

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    if matches!(plan.access, Access::GoogleIdentity { .. }) {
        return Err(Error::wrong(
            Id::Credentials,
            "a task on ECS has no identity of Google's",
            "Use a service account key: --credentials keys.",
        ));
    }
    let arn = secret_arn(plan)?;
    let all = settings(plan);
    let containers = CONTAINERS.map(|(name, image, which)| container(plan, &arn, &all, (name, image, which)));
    let mut definition = json!({ "family": "langfuse", "containerDefinitions": containers });
    if let (Access::Role { arn: Some(role) }, Some(object)) = (&plan.access, definition.as_object_mut()) {
        object.insert("taskRoleArn".into(), Json::from(role.as_str()));
    }
    let mut output = Output::new(OutputFormat::Ecs, pretty(&definition))
        .note("Merge it into the task definitions of web and worker: it says nothing about CPU, memory, ports and the other settings of Langfuse.");
    let kept: Vec<Credential> = [Credential::KeyId, Credential::Secret, Credential::GoogleKey]
        .into_iter()
        .filter(|c| all.iter().any(|s| s.value == Value::Credential(*c)) && plan.open_credential(*c).is_none())
        .collect();
    if !kept.is_empty() {
        let keys: Vec<String> = kept.iter().map(|c| format!("\"{}\": \"…\"", c.key())).collect();
        output = output
            .note(format!(
                "Write {{{}}} to {SECRET}: `aws secretsmanager create-secret --name langfuse-storage --secret-string file://{SECRET} --query ARN`. Pass the ARN that it prints as --secret-name.",
                keys.join(", ")
            ))
            .note("The task's execution role must be allowed secretsmanager:GetSecretValue on that ARN.");
    }
    if matches!(plan.access, Access::Role { .. }) {
        let role = "langfuse-blob generate iam-policy --trust ecs";
        output = output.note(format!(
            "The task role (taskRoleArn) needs the permissions that `{role}` writes, with the same --provider, --region and --bucket."
        ));
        if plan.access == (Access::Role { arn: None }) {
            output =
                output.note("The file sets no task role: pass it as --role-arn, or keep the taskRoleArn you have.");
        }
    }
    Ok(output.with(beside(plan, &kept)).note(format!("Test it: `langfuse-blob check {}`.", OutputFormat::Ecs.file())))
}

fn container(plan: &ConfigPlan, arn: &str, all: &[Setting], (name, image, which): (&str, &str, Containers)) -> Json {
    let tag = plan.version.map_or(LATEST.to_owned(), |v| v.to_string().trim_start_matches('v').to_owned());
    let (mut environment, mut secrets) = (Vec::new(), Vec::new());
    for setting in all.iter().filter(|s| s.containers.meets(which)) {
        let text = match &setting.value {
            Value::Text(text) => Some(text.as_str()),
            Value::Credential(credential) => plan.open_credential(*credential),
        };
        match (text, &setting.value) {
            (None, Value::Credential(credential)) => {
                secrets.push(pair(setting, "valueFrom", &format!("{arn}:{}::", credential.key())));
            }
            (text, _) => environment.push(pair(setting, "value", text.unwrap_or(""))),
        }
    }
    let mut container = json!({ "name": name, "image": format!("{image}:{tag}"), "environment": environment });
    if let (false, Some(object)) = (secrets.is_empty(), container.as_object_mut()) {
        object.insert("secrets".into(), Json::Array(secrets));
    }
    container
}

fn pair(setting: &Setting, key: &str, value: &str) -> Json {
    json!({ "name": setting.var.name(), key: value })
}

/// The ARN of the secret; what isn't known of it is in capitals.
fn secret_arn(plan: &ConfigPlan) -> Result<String, Error> {
    let name = plan.secret_name.as_str();
    if !name.starts_with("arn:") {
        let region = plan.region.as_deref().filter(|_| plan.provider.id == "aws");
        return Ok(format!(
            "arn:{}:secretsmanager:{}:{}:secret:{name}",
            super::iam_policy::partition(region.unwrap_or("")),
            region.unwrap_or("REGION"),
            plan.aws_account.as_deref().unwrap_or("ACCOUNT"),
        ));
    }
    if name.split(':').nth(2) == Some("secretsmanager") && name.split(':').count() == 7 {
        return Ok(name.to_owned());
    }
    Err(Error::wrong(
        Id::SecretName,
        "expected the ARN of a secret in AWS Secrets Manager",
        "Give the ARN without a key, such as `arn:aws:secretsmanager:eu-west-1:111122223333:secret:langfuse-storage-AbCdEf`.",
    ))
}

/// The secret's content, if all of it was given.
fn beside(plan: &ConfigPlan, kept: &[Credential]) -> Option<Beside> {
    let pairs: Option<Vec<(String, Json)>> =
        kept.iter().map(|c| Some((c.key().to_owned(), Json::from(plan.credential(*c)?)))).collect();
    let object: Map<String, Json> = order::filled(pairs.filter(|p| !p.is_empty())?);
    Some(Beside { name: SECRET, text: Secret::new(pretty(&Json::Object(object))) })
}
