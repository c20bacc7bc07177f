//! `terraform`: buckets, permissions and rules in one file, for the supported clouds. It doesn't create access keys:
//! Terraform would keep their secrets in its state.

use std::fmt::Write as _;

use super::cors::{MAX_AGE, METHODS, headers, origin};
use super::iam_policy::{policy, trust_policy};
use super::json::pretty;
use super::lifecycle::{ABORT_DAYS, Action, Rule, rules};
use super::plan::{Access, ConfigPlan};
use super::{Error, Id, Output, OutputFormat};
use crate::variable::UseCase;

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let mut file = File { plan, out: String::new() };
    match plan.provider.id {
        "aws" => file.amazon()?,
        "gcs" => file.google(),
        "azure" => file.azure(),
        "r2" => file.cloudflare(),
        _ => {
            return Err(Error::wrong(
                Id::Provider,
                format!("Terraform isn't supported for {}", plan.provider.name),
                "It's supported for aws, gcs, azure and r2; `generate lifecycle`, `cors` and `iam-policy` write the parts.",
            ));
        }
    }
    let mut output = Output::new(OutputFormat::Terraform, file.out)
        .note("Save it as langfuse-storage.tf: `terraform init`, then `terraform plan`.");
    if plan.retention_days.is_none() {
        output = output.note("Raw events never expire: pass --retention-days if they should.");
    } else if plan.retention_days.is_some_and(|days| rules(plan, days).1) {
        output = output.note("No prefix separates events from media, so only `otel/` and `evals/` expire.");
    }
    if plan.langfuse.is_none() && plan.bucket(UseCase::Media).is_some() {
        output = output.note("There are no CORS rules: pass --public-url if browsers upload attachments.");
    }
    Ok(output)
}

struct File<'p> {
    plan: &'p ConfigPlan,
    out: String,
}

/// A bucket name as a resource name.
fn label(bucket: &str) -> String {
    let name: String = bucket.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("b{name}") } else { name }
}

/// A list of strings.
fn list(items: &[&str]) -> String {
    let quoted: Vec<String> = items.iter().map(|i| format!("\"{i}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// A JSON document as an indented heredoc.
fn heredoc(json: &serde_json::Value) -> String {
    let lines: Vec<String> = pretty(json).lines().map(|l| format!("    {l}")).collect();
    format!("<<-EOT\n{}\n  EOT", lines.join("\n"))
}

impl File<'_> {
    fn head(&mut self, name: &str, source: &str, version: &str) {
        let store = self.plan.provider.name;
        let _ = write!(
            self.out,
            "# Langfuse storage in {store}.\n\
             terraform {{\n  required_providers {{\n    {name} = {{\n      source  = \"{source}\"\n      version = \"{version}\"\n    }}\n  }}\n}}\n"
        );
    }

    fn say(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The requested rules for `bucket`.
    fn rules_of(&self, bucket: &str) -> Vec<Rule> {
        let Some(days) = self.plan.retention_days else { return Vec::new() };
        let (all, _) = rules(self.plan, days);
        all.into_iter().find(|(name, _)| *name == bucket).map(|(_, rules)| rules).unwrap_or_default()
    }

    /// The origin that may upload to `bucket`, if it holds media.
    fn cors_of(&self, bucket: &str) -> Option<String> {
        self.plan.bucket(UseCase::Media).filter(|b| b.name == bucket)?;
        origin(self.plan)
    }

    fn amazon(&mut self) -> Result<(), Error> {
        let plan = self.plan;
        self.head("aws", "hashicorp/aws", ">= 5.0");
        let _ =
            write!(self.out, "\nprovider \"aws\" {{\n  region = \"{}\"\n}}\n", plan.region.as_deref().unwrap_or(""));
        for bucket in plan.bucket_names() {
            self.amazon_bucket(bucket);
        }
        let _ = write!(
            self.out,
            "\n# Only the permissions that Langfuse needs.\nresource \"aws_iam_policy\" \"langfuse_storage\" {{\n  name   = \"langfuse-storage\"\n  policy = {}\n}}\n",
            heredoc(&policy(plan)?)
        );
        match (plan.trust, &plan.access) {
            (Some(trust), _) => {
                let _ = write!(
                    self.out,
                    "\nresource \"aws_iam_role\" \"langfuse\" {{\n  name               = \"langfuse\"\n  assume_role_policy = {}\n}}\n\n\
                     resource \"aws_iam_role_policy_attachment\" \"langfuse_storage\" {{\n  role       = aws_iam_role.langfuse.name\n  policy_arn = aws_iam_policy.langfuse_storage.arn\n}}\n",
                    heredoc(&trust_policy(plan, trust))
                );
            }
            (None, Access::Pair { .. }) => self.say(
                "\n# Create its access key by hand: Terraform would keep the secret in its state.\n\
                 resource \"aws_iam_user\" \"langfuse\" {\n  name = \"langfuse\"\n}\n\n\
                 resource \"aws_iam_user_policy_attachment\" \"langfuse_storage\" {\n  user       = aws_iam_user.langfuse.name\n  policy_arn = aws_iam_policy.langfuse_storage.arn\n}\n",
            ),
            _ => self.say("\n# Attach it to the role of Langfuse's containers; --trust also writes that role.\n"),
        }
        Ok(())
    }

    fn amazon_bucket(&mut self, bucket: &str) {
        let plan = self.plan;
        let label = label(bucket);
        let id = format!("bucket = aws_s3_bucket.{label}.id");
        let _ = write!(
            self.out,
            "\nresource \"aws_s3_bucket\" \"{label}\" {{\n  bucket = \"{bucket}\"\n\n  # Langfuse's database refers to objects in it.\n  lifecycle {{\n    prevent_destroy = true\n  }}\n}}\n\n\
             resource \"aws_s3_bucket_public_access_block\" \"{label}\" {{\n  {id}\n\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}}\n"
        );
        if let Some(encryption) = &plan.encryption {
            let algorithm = &encryption.algorithm;
            let by = match &encryption.kms_key {
                Some(key) => format!("sse_algorithm     = \"{algorithm}\"\n      kms_master_key_id = \"{key}\""),
                None => format!("sse_algorithm = \"{algorithm}\""),
            };
            let _ = write!(
                self.out,
                "\n# Also for media, whose uploads can't request it.\nresource \"aws_s3_bucket_server_side_encryption_configuration\" \"{label}\" {{\n  {id}\n\n  rule {{\n    apply_server_side_encryption_by_default {{\n      {by}\n    }}\n  }}\n}}\n"
            );
        }
        let rules = self.rules_of(bucket);
        if !rules.is_empty() {
            let _ = write!(self.out, "\nresource \"aws_s3_bucket_lifecycle_configuration\" \"{label}\" {{\n  {id}\n");
            for rule in rules {
                let action = match rule.action {
                    Action::Expire(days) => format!(
                        "    expiration {{\n      days = {days}\n    }}\n\n    noncurrent_version_expiration {{\n      noncurrent_days = {days}\n    }}\n"
                    ),
                    Action::AbortUploads => format!(
                        "    abort_incomplete_multipart_upload {{\n      days_after_initiation = {ABORT_DAYS}\n    }}\n"
                    ),
                };
                let _ = write!(
                    self.out,
                    "\n  rule {{\n    id     = \"{}\"\n    status = \"Enabled\"\n\n    filter {{\n      prefix = \"{}\"\n    }}\n\n{action}  }}\n",
                    rule.id, rule.prefix
                );
            }
            self.say("}\n");
        }
        if let Some(origin) = self.cors_of(bucket) {
            let _ = write!(
                self.out,
                "\n# For attachments that browsers upload.\nresource \"aws_s3_bucket_cors_configuration\" \"{label}\" {{\n  {id}\n\n  cors_rule {{\n    allowed_origins = [\"{origin}\"]\n    allowed_methods = {}\n    allowed_headers = {}\n    max_age_seconds = {MAX_AGE}\n  }}\n}}\n",
                list(&METHODS),
                list(headers(plan))
            );
        }
    }

    fn google(&mut self) {
        let plan = self.plan;
        self.head("google", "hashicorp/google", ">= 5.0");
        self.say("\nvariable \"project\" {\n  type = string\n}\n\nprovider \"google\" {\n  project = var.project\n}\n");
        for bucket in plan.bucket_names() {
            self.google_bucket(bucket);
        }
        let given = match &plan.access {
            Access::GoogleIdentity { account } => account.as_deref(),
            _ => None,
        };
        let (email, name) = if let Some(email) = given {
            (email.to_owned(), format!("\"projects/-/serviceAccounts/{email}\""))
        } else {
            self.say("\nresource \"google_service_account\" \"langfuse\" {\n  account_id   = \"langfuse-storage\"\n  display_name = \"Langfuse storage\"\n}\n");
            ("${google_service_account.langfuse.email}".into(), "google_service_account.langfuse.name".into())
        };
        for bucket in plan.bucket_names() {
            let label = label(bucket);
            let _ = write!(
                self.out,
                "\nresource \"google_storage_bucket_iam_member\" \"{label}\" {{\n  bucket = google_storage_bucket.{label}.name\n  role   = \"roles/storage.objectUser\"\n  member = \"serviceAccount:{email}\"\n}}\n"
            );
        }
        if matches!(plan.access, Access::GoogleIdentity { .. }) {
            let _ = write!(
                self.out,
                "\n# Without a key file, Google signs the URLs, which the account must be allowed to request for itself.\nresource \"google_service_account_iam_member\" \"signs_links\" {{\n  service_account_id = {name}\n  role               = \"roles/iam.serviceAccountTokenCreator\"\n  member             = \"serviceAccount:{email}\"\n}}\n\n\
                 # Langfuse's pods on GKE act as the account.\nresource \"google_service_account_iam_member\" \"workload_identity\" {{\n  service_account_id = {name}\n  role               = \"roles/iam.workloadIdentityUser\"\n  member             = \"serviceAccount:${{var.project}}.svc.id.goog[{}/{}]\"\n}}\n",
                plan.namespace.as_deref().unwrap_or("langfuse"),
                plan.service_account
            );
        }
    }

    fn google_bucket(&mut self, bucket: &str) {
        let location = self.plan.region.as_deref().unwrap_or("");
        let _ = write!(
            self.out,
            "\nresource \"google_storage_bucket\" \"{}\" {{\n  name                        = \"{bucket}\"\n  location                    = \"{location}\"\n  uniform_bucket_level_access = true\n  public_access_prevention    = \"enforced\"\n",
            label(bucket)
        );
        for rule in self.rules_of(bucket) {
            let (action, age) = match rule.action {
                Action::Expire(days) => ("Delete", days),
                Action::AbortUploads => ("AbortIncompleteMultipartUpload", ABORT_DAYS),
            };
            let condition = if rule.prefix.is_empty() {
                format!("age = {age}")
            } else {
                format!("age            = {age}\n      matches_prefix = [\"{}\"]", rule.prefix)
            };
            let _ = write!(
                self.out,
                "\n  lifecycle_rule {{\n    action {{\n      type = \"{action}\"\n    }}\n\n    condition {{\n      {condition}\n    }}\n  }}\n"
            );
        }
        if let Some(origin) = self.cors_of(bucket) {
            let _ = write!(
                self.out,
                "\n  # For attachments that browsers upload.\n  cors {{\n    origin          = [\"{origin}\"]\n    method          = {}\n    response_header = {}\n    max_age_seconds = {MAX_AGE}\n  }}\n",
                list(&METHODS),
                list(headers(self.plan))
            );
        }
        self.say(
            "\n  # Langfuse's database refers to objects in it.\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
        );
    }

    fn azure(&mut self) {
        let plan = self.plan;
        let account = plan.account.as_deref().unwrap_or("");
        let location = plan.region.as_deref().unwrap_or("");
        self.head("azurerm", "hashicorp/azurerm", ">= 4.9");
        let _ = write!(
            self.out,
            "\nprovider \"azurerm\" {{\n  features {{}}\n}}\n\nvariable \"resource_group_name\" {{\n  type = string\n}}\n\n\
             # Langfuse authenticates with the account key, which allows everything: keep nothing else in this account.\n\
             resource \"azurerm_storage_account\" \"langfuse\" {{\n  name                            = \"{account}\"\n  resource_group_name             = var.resource_group_name\n  location                        = \"{location}\"\n  account_tier                    = \"Standard\"\n  account_replication_type        = \"LRS\"\n  min_tls_version                 = \"TLS1_2\"\n  shared_access_key_enabled       = true\n  allow_nested_items_to_be_public = false\n"
        );
        if let Some(origin) = origin(plan).filter(|_| plan.bucket(UseCase::Media).is_some()) {
            let _ = write!(
                self.out,
                "\n  # For attachments that browsers upload.\n  blob_properties {{\n    cors_rule {{\n      allowed_origins    = [\"{origin}\"]\n      allowed_methods    = {}\n      allowed_headers    = {}\n      exposed_headers    = [\"*\"]\n      max_age_in_seconds = {MAX_AGE}\n    }}\n  }}\n",
                list(&METHODS),
                list(headers(plan))
            );
        }
        self.say(
            "\n  # Langfuse's database refers to objects in it.\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
        );
        let names = plan.bucket_names();
        for container in &names {
            let _ = write!(
                self.out,
                "\nresource \"azurerm_storage_container\" \"{}\" {{\n  name                  = \"{container}\"\n  storage_account_id    = azurerm_storage_account.langfuse.id\n  container_access_type = \"private\"\n}}\n",
                label(container)
            );
        }
        let expiring: Vec<(&str, Rule)> =
            names.iter().flat_map(|name| self.rules_of(name).into_iter().map(|rule| (*name, rule))).collect();
        if expiring.is_empty() {
            return;
        }
        self.say("\nresource \"azurerm_storage_management_policy\" \"langfuse\" {\n  storage_account_id = azurerm_storage_account.langfuse.id\n");
        for (container, rule) in expiring {
            let Action::Expire(days) = rule.action else { continue };
            let _ = write!(
                self.out,
                "\n  rule {{\n    name    = \"{}\"\n    enabled = true\n\n    filters {{\n      prefix_match = [\"{container}/{}\"]\n      blob_types   = [\"blockBlob\"]\n    }}\n\n    actions {{\n      base_blob {{\n        delete_after_days_since_modification_greater_than = {days}\n      }}\n    }}\n  }}\n",
                rule.id, rule.prefix
            );
        }
        self.say("}\n");
    }

    fn cloudflare(&mut self) {
        let plan = self.plan;
        let account = plan.account.as_deref().unwrap_or("");
        self.head("cloudflare", "cloudflare/cloudflare", ">= 5.0");
        self.say("\n# R2 has no policies: create an API token with \"Object Read & Write\" for these buckets only.\n");
        for bucket in plan.bucket_names() {
            let label = label(bucket);
            let whose = format!("account_id  = \"{account}\"\n  bucket_name = cloudflare_r2_bucket.{label}.name");
            let _ = write!(
                self.out,
                "\nresource \"cloudflare_r2_bucket\" \"{label}\" {{\n  account_id = \"{account}\"\n  name       = \"{bucket}\"\n\n  # Langfuse's database refers to objects in it.\n  lifecycle {{\n    prevent_destroy = true\n  }}\n}}\n"
            );
            let rules = self.rules_of(bucket);
            if !rules.is_empty() {
                let items: Vec<String> = rules.iter().map(cloudflare_rule).collect();
                let _ = write!(
                    self.out,
                    "\nresource \"cloudflare_r2_bucket_lifecycle\" \"{label}\" {{\n  {whose}\n\n  rules = [\n{}\n  ]\n}}\n",
                    items.join(",\n")
                );
            }
            if let Some(origin) = self.cors_of(bucket) {
                let _ = write!(
                    self.out,
                    "\n# For attachments that browsers upload.\nresource \"cloudflare_r2_bucket_cors\" \"{label}\" {{\n  {whose}\n\n  rules = [\n    {{\n      allowed = {{\n        origins = [\"{origin}\"]\n        methods = {}\n        headers = {}\n      }}\n      max_age_seconds = {MAX_AGE}\n    }}\n  ]\n}}\n",
                    list(&METHODS),
                    list(headers(plan))
                );
            }
        }
    }
}

/// A rule in Cloudflare's format, which counts seconds.
fn cloudflare_rule(rule: &Rule) -> String {
    const DAY: u64 = 86_400;
    let (what, days) = match rule.action {
        Action::Expire(days) => ("delete_objects_transition", days),
        Action::AbortUploads => ("abort_multipart_uploads_transition", ABORT_DAYS),
    };
    format!(
        "    {{\n      id         = \"{}\"\n      enabled    = true\n      conditions = {{\n        prefix = \"{}\"\n      }}\n      {what} = {{\n        condition = {{\n          type    = \"Age\"\n          max_age = {}\n        }}\n      }}\n    }}",
        rule.id,
        rule.prefix,
        u64::from(days).saturating_mul(DAY)
    )
}
