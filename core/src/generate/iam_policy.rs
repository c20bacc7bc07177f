//! `iam-policy`: the permissions that Langfuse needs and no more, as an AWS IAM policy; with `--trust`, also the role's
//! trust policy.

use serde_json::{Value as Json, json};

use super::json::pretty;
use super::plan::{Bucket, ConfigPlan, Trust};
use super::{Error, Id, Output, OutputFormat};
use crate::provider::setup::Rights;
use crate::variable::UseCase;

/// What Langfuse does with objects, by use case. It lists only events, deletes only events and media, and uses
/// multipart uploads only for exports and core data. Source: the callers of `StorageService` in Langfuse v4.16.0.
const ACTIONS: [(UseCase, &str, &[&str]); 4] = [
    (UseCase::Events, "Events", &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
    (UseCase::Media, "Media", &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
    (UseCase::Exports, "Exports", &["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]),
    (UseCase::CoreData, "CoreData", &["s3:PutObject", "s3:AbortMultipartUpload"]),
];

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    if let Rights::Otherwise(instead) = plan.setup.rights {
        return Err(Error::wrong(
            Id::Provider,
            format!("{} doesn't support IAM policies", plan.provider.name),
            instead,
        ));
    }
    let rights = policy(plan)?;
    let Some(trust) = plan.trust else {
        let output = Output::new(OutputFormat::IamPolicy, pretty(&rights));
        return Ok(match plan.provider.id {
            "aws" => output.note(
                "Save it as policy.json: `aws iam create-policy --policy-name langfuse-storage --policy-document file://policy.json`.",
            ),
            "minio" => output.note("Save it as policy.json: `mc admin policy create ALIAS langfuse-storage policy.json`."),
            _ => output,
        });
    };
    let document = json!({ "policy": rights, "trust": trust_policy(plan, trust) });
    let output = Output::new(OutputFormat::IamPolicy, pretty(&document))
        .note("The file has two documents: split them with `jq .policy` and `jq .trust`.")
        .note(
            "`aws iam create-role --role-name langfuse --assume-role-policy-document file://trust.json`, then `aws iam put-role-policy --role-name langfuse --policy-name langfuse-storage --policy-document file://policy.json`.",
        );
    Ok(match trust {
        Trust::PodIdentity => output.note(format!(
            "`aws eks create-pod-identity-association --cluster-name CLUSTER --namespace {} --service-account {} --role-arn ARN`.",
            plan.namespace.as_deref().unwrap_or("langfuse"),
            plan.service_account
        )),
        Trust::Irsa => output.note("Pass the role's ARN to `langfuse-blob generate helm --role-arn`."),
        Trust::Ecs => output.note("This is the task role (taskRoleArn) of web and worker, not the execution role."),
    })
}

/// The permissions, one statement per use case.
pub(super) fn policy(plan: &ConfigPlan) -> Result<Json, Error> {
    let partition = partition(plan.region.as_deref().unwrap_or(""));
    let mut statements = Vec::new();
    for (use_case, sid, actions) in ACTIONS {
        let Some(bucket) = plan.bucket(use_case) else { continue };
        if use_case == UseCase::Events {
            statements.push(list(partition, bucket));
        }
        statements.push(json!({
            "Sid": sid,
            "Effect": "Allow",
            "Action": actions,
            "Resource": format!("arn:{partition}:s3:::{}/{}*", bucket.name, bucket.prefix),
        }));
    }
    statements.extend(encryption(plan)?);
    Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The worker lists an entity's versions before it merges them, always under the prefix.
fn list(partition: &str, bucket: &Bucket) -> Json {
    let mut statement = json!({
        "Sid": "ListEvents",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": format!("arn:{partition}:s3:::{}", bucket.name),
    });
    if let (false, Some(object)) = (bucket.prefix.is_empty(), statement.as_object_mut()) {
        let condition = json!({ "StringLike": { "s3:prefix": format!("{}*", bucket.prefix) } });
        object.insert("Condition".into(), condition);
    }
    statement
}

/// The permissions on the KMS key. The account's own key (`aws/s3`) needs none: its policy allows every use through S3.
fn encryption(plan: &ConfigPlan) -> Result<Option<Json>, Error> {
    let kms = plan.encryption.as_ref().filter(|e| e.algorithm == "aws:kms");
    let Some(key) = kms.and_then(|e| e.kms_key.as_deref()) else { return Ok(None) };
    // A permission on an alias doesn't apply to its key.
    if !(key.starts_with("arn:") && key.contains(":key/")) {
        return Err(Error::wrong(
            Id::KmsKeyId,
            "an IAM policy needs the key's ARN",
            "Give the key's ARN, not its ID or alias: `aws kms describe-key --key-id … --query KeyMetadata.Arn`.",
        ));
    }
    Ok(Some(json!({
        "Sid": "Encryption",
        "Effect": "Allow",
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": key,
    })))
}

/// Who may assume the role.
pub(super) fn trust_policy(plan: &ConfigPlan, trust: Trust) -> Json {
    let region = plan.region.as_deref().unwrap_or("");
    let partition = partition(region);
    let account = plan.aws_account.as_deref();
    let mut statement = match trust {
        Trust::Irsa => {
            let issuer = plan.oidc_issuer.as_deref().unwrap_or("").trim_start_matches("https://");
            let subject = format!(
                "system:serviceaccount:{}:{}",
                plan.namespace.as_deref().unwrap_or("langfuse"),
                plan.service_account
            );
            json!({
                "Principal": { "Federated": format!("arn:{partition}:iam::{}:oidc-provider/{issuer}", account.unwrap_or("")) },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": { "StringEquals": {
                    format!("{issuer}:aud"): "sts.amazonaws.com",
                    format!("{issuer}:sub"): subject,
                } },
            })
        }
        Trust::PodIdentity => json!({
            "Principal": { "Service": "pods.eks.amazonaws.com" },
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }),
        Trust::Ecs => json!({ "Principal": { "Service": "ecs-tasks.amazonaws.com" }, "Action": "sts:AssumeRole" }),
    };
    if let Some(object) = statement.as_object_mut() {
        object.insert("Effect".into(), json!("Allow"));
        if let (Trust::Ecs, Some(account)) = (trust, account) {
            // Prevents the confused deputy: not for a service that acts for another account.
            object.insert(
                "Condition".into(),
                json!({
                    "ArnLike": { "aws:SourceArn": format!("arn:{partition}:ecs:{region}:{account}:*") },
                    "StringEquals": { "aws:SourceAccount": account },
                }),
            );
        }
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// The ARN partition of a region.
pub(super) fn partition(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        r if r.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}
