// Generated from the types and tables of core/. To renew: npm run docs

/** What a Standard Schema is, version 1: see standardschema.dev. */
export interface StandardSchema<In, Out> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "langfuse-blob";
    readonly validate: (value: unknown) => { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}
export interface Issue { readonly message: string; readonly path?: readonly string[] | undefined }

/** Set, to a value that is not known here. */
export interface Unknown { readonly unknown: true }
/** A key of a Kubernetes Secret, `name/key`. */
export interface SecretReference { readonly secret: string }
/** What a variable holds. */
export type Value = string | SecretReference | Unknown;
/** Variables as a program has them, `process.env` for one. */
export type Variables = { readonly [name: string]: Value | number | bigint | boolean | null | undefined };
/** What is read: variables, those of each container, a text, or files that belong together. */
export type Input = string | Variables | { readonly web?: Variables | string; readonly worker?: Variables | string } | { readonly files: readonly File[] };
/** What each container receives; null where a text is one that its own reader refuses. */
export interface Resolved { containers: { web?: Record<string, Value>; worker?: Record<string, Value> } | null; diagnostics: Diagnostic[] }
/** A file that was written. */
export interface Output { name: string; contents: string; notes: string[]; beside: { name: string; contents: string }[] }
/** A medium: its bytes, or their SHA-256 in base64. */
export type MediaRequest = ({ bytes: Uint8Array } | { sha256: string }) & { contentType: string; projectId: string; prefix?: string | null };
/** Which fixes are applied: the safe ones, or also the likely ones. */
export interface ApplyFixesOptions { unsafe?: boolean }

/** What a text is. */
export type InputFormat = "dotenv" | "compose" | "helm" | "k8s" | "json" | "env";

/** What something was read as. */
export type ReadFormat = "dotenv" | "compose" | "helm" | "k8s" | "json" | "env" | "process-env";

/** Which program reads a dotenv text. */
export type Dialect = "compose" | "docker" | "node";

/** What brings the variables to the containers. */
export type Deployment = "raw" | "compose" | "helm" | "k8s";

/** A container of Langfuse. */
export type Container = "web" | "worker";

/** How a report is printed. */
export type ReportFormat = "text" | "json" | "sarif" | "github";

/** The format of an export file. */
export type ExportFormat = "csv" | "json" | "jsonl";

/** What `generate` writes. */
export type GenerateFormat = "env" | "compose" | "helm" | "k8s" | "json" | "iam-policy" | "cors" | "lifecycle" | "docker-run" | "terraform";

/** A store. */
export type ProviderId = "aws" | "r2" | "gcs" | "azure" | "minio" | "seaweedfs" | "garage" | "ceph" | "rustfs" | "tigris" | "oci" | "alibaba" | "tencent" | "b2" | "wasabi" | "digitalocean" | "scaleway" | "hetzner" | "ovh" | "ibm" | "linode" | "vultr" | "exoscale";

/** A rule of `check`. */
export type Rule = "event-bucket-missing" | "boolean-not-true-or-false" | "number-not-readable" | "number-out-of-range" | "value-not-in-list" | "file-refused-by-reader" | "file-outside-not-read" | "variable-set-twice" | "file-read-differently" | "value-in-quotes" | "comment-in-value" | "variable-not-expanded" | "dollar-in-secret" | "value-empty" | "dotenv-not-read" | "white-space-in-key-id" | "white-space-in-secret" | "white-space-in-region" | "white-space-in-name" | "placeholder-left" | "sample-credentials" | "variable-never-read" | "variable-retired" | "external-endpoint-never-read" | "oci-name-without-langfuse" | "core-data-name-mixed-up" | "variable-unknown" | "variable-in-wrong-block" | "variable-newer-than-langfuse" | "storage-settings-before-v3" | "storage-settings-in-instrumented-app" | "key-pair-half-set" | "keys-missing-for-store" | "temporary-key" | "key-pair-swapped" | "key-of-another-store" | "identity-of-another-service" | "keys-differ-on-one-bucket" | "one-key-two-secrets" | "region-missing" | "region-auto-without-endpoint" | "region-auto-on-aws" | "region-endpoint-mismatch" | "region-is-availability-zone" | "region-misspelt" | "region-not-of-provider" | "endpoint-without-scheme" | "endpoint-not-a-url" | "bucket-in-endpoint-host" | "bucket-in-endpoint-path" | "endpoint-with-path" | "path-style-missing" | "path-style-refused" | "endpoint-not-s3-api" | "endpoint-console-port" | "endpoint-scheme-port-mismatch" | "endpoint-unencrypted" | "endpoint-with-ignored-parts" | "endpoint-redundant" | "endpoint-host-with-underscore" | "endpoint-from-aws-variable" | "region-auto-on-own-store" | "endpoint-of-wrong-partition" | "bucket-missing" | "media-bucket-missing" | "bucket-not-a-name" | "bucket-name-invalid" | "bucket-name-legacy" | "bucket-name-reserved-by-google" | "prefix-without-slash" | "prefix-with-empty-segment" | "prefixes-overlap" | "prefix-repeats-bucket" | "prefix-with-template" | "media-endpoint-internal" | "media-endpoint-localhost" | "media-endpoint-insecure" | "media-endpoint-worker-localhost" | "media-host-blocked-in-browser" | "media-sse-breaks-uploads" | "media-on-gcs-interoperability" | "media-on-google-universe" | "media-link-expiry-too-long" | "media-link-expiry-too-short" | "media-length-over-single-put" | "media-writer-without-bucket" | "export-not-enabled" | "export-link-internal" | "export-link-localhost" | "export-link-insecure" | "export-external-endpoint-with-path" | "export-link-expiry-too-long" | "export-unknown-to-web" | "engines-more-than-one" | "endpoint-of-another-engine" | "setting-ignored-by-engine" | "engine-setting-without-switch" | "azure-not-switched-on" | "azure-account-incomplete" | "azure-key-malformed" | "azure-account-and-key-swapped" | "azure-account-name-invalid" | "azure-account-endpoint-mismatch" | "azure-endpoint-not-account" | "azure-endpoint-data-lake" | "azure-endpoint-privatelink" | "azure-media-private" | "azure-external-endpoint-without-container" | "azure-container-name-invalid" | "azure-container-not-created" | "azure-text-garbled" | "gcs-credentials-not-readable" | "gcs-key-incomplete" | "gcs-interoperability" | "gcs-multipart-refused" | "oci-auth-type-missing" | "oci-config-file-missing" | "oci-links-need-permission" | "oci-endpoint-not-s3" | "kms-key-without-kms" | "encryption-on-other-store" | "encryption-differs-in-bucket" | "key-segment-too-long-for-store" | "key-segment-differs" | "list-page-over-thousand" | "socket-limit-without-https" | "setting-without-its-switch" | "slowdown-not-recognised" | "large-export-unbuffered" | "md5-under-fips" | "variable-not-forwarded" | "empty-prefix-replaced" | "default-keys-sent-elsewhere" | "endpoint-left-at-bundled-store" | "purpose-left-at-bundled-store" | "bucket-not-created" | "keys-differ-from-store" | "localhost-inside-container" | "host-port-inside-network" | "localhost-port-of-another-service" | "compose-file-outdated" | "sample-keys-on-open-port" | "chart-prefix-not-for-events" | "chart-path-style-stays-on" | "chart-value-under-dead-name" | "chart-media-switch-without-effect" | "chart-credential-not-rendered" | "chart-value-at-wrong-level" | "chart-key-set-twice" | "chart-version-not-known" | "chart-store-off-without-another" | "chart-store-out-of-reach" | "chart-values-of-old-store" | "engines-differ" | "buckets-differ" | "endpoints-differ" | "prefixes-differ" | "replicas-differ" | "unused-suppression";

/**
 * Everything that was found.
 */
export type Report = { 
/**
 * Version of this format: 1.
 */
version: number, 
/**
 * What was read.
 */
read: Array<Read>, 
/**
 * The findings, sorted by file, offset and rule.
 */
diagnostics: Array<Diagnostic>, 
/**
 * Their number.
 */
summary: Summary, };

/**
 * A text that was read.
 */
export type Read = { 
/**
 * Its name.
 */
file: string, 
/**
 * What it was read as.
 */
kind: ReadFormat, 
/**
 * The containers it speaks for.
 */
containers: Container[], };

/**
 * One finding.
 */
export type Diagnostic = { 
/**
 * Slug of the rule; `explain` prints its page.
 */
rule: Rule, 
/**
 * How bad.
 */
severity: Severity, 
/**
 * What will happen.
 */
impact: Impact, 
/**
 * The variable in question.
 */
variable: string | null, 
/**
 * The containers in question.
 */
containers: Container[], 
/**
 * The storage purpose in question.
 */
useCase: UseCase | null, 
/**
 * One sentence: what is wrong, with the value (secrets masked), and what was expected.
 */
message: string, 
/**
 * What to do.
 */
help: string, 
/**
 * Where to read more: the command that explains the rule.
 */
docs: string, 
/**
 * Where; `null` without text.
 */
span: Location | null, 
/**
 * Other places that have to do with it.
 */
related: Array<Related>, 
/**
 * How to mend it by machine.
 */
fix: Fix | null, };

/**
 * How bad it is.
 */
export type Severity = "hint" | "warning" | "error";

/**
 * What will happen.
 */
export type Impact = "startup" | "failure" | "ignored" | "risk" | "advice" | "unread";

/**
 * A storage purpose of Langfuse.
 */
export type UseCase = "events" | "media" | "exports" | "core-data";

/**
 * A [`Span`] spelt out: 1-based lines, 1-based columns in Unicode scalar values, offset and length in bytes,
 * and the same pair in UTF-16 code units for editors.
 */
export type Location = { 
/**
 * Name of the file as it was given.
 */
file: string, 
/**
 * First line, 1-based.
 */
line: number, 
/**
 * First column, 1-based, in Unicode scalar values.
 */
column: number, 
/**
 * Line of the end, 1-based.
 */
endLine: number, 
/**
 * Column of the end (exclusive), 1-based.
 */
endColumn: number, 
/**
 * First byte.
 */
offset: number, 
/**
 * Bytes covered.
 */
length: number, 
/**
 * First UTF-16 code unit.
 */
utf16Offset: number, 
/**
 * UTF-16 code units covered.
 */
utf16Length: number, };

/**
 * Another place that has to do with a finding.
 */
export type Related = { 
/**
 * What is there.
 */
message: string, 
/**
 * Where; `null` without text.
 */
span: Location | null, };

/**
 * A way to mend a finding.
 */
export type Fix = { 
/**
 * What it does, in the imperative.
 */
title: string, 
/**
 * Whether `--fix` may apply it.
 */
applicability: Applicability, 
/**
 * The edits, sorted and without overlap.
 */
edits: Array<Edit>, };

/**
 * How far a fix can be trusted.
 */
export type Applicability = "safe" | "unsafe" | "manual";

/**
 * A replacement of bytes.
 */
export type Edit = { 
/**
 * What is replaced; of length 0 for an insertion.
 */
span: Location, 
/**
 * By what.
 */
replacement: string, };

/**
 * How many findings of each severity.
 */
export type Summary = { 
/**
 * Errors.
 */
errors: number, 
/**
 * Warnings.
 */
warnings: number, 
/**
 * Hints.
 */
hints: number, };

/**
 * A named text.
 */
export type File = { 
/**
 * Its name, a path relative to where all paths are relative to.
 */
file: string, 
/**
 * What is in it.
 */
text: string, };

/**
 * The flags of `check` that say how to read and what to look for.
 */
export type Options = { 
/**
 * What a text is, where its name and content do not tell: the values of `--input`.
 */
format?: InputFormat, 
/**
 * What a text is called in the report; `-` by default.
 */
file?: string, 
/**
 * Which program reads the dotenv text.
 */
dialect?: Dialect, 
/**
 * What brings the variables to the containers.
 */
deployment?: Deployment, 
/**
 * The shell's variables, which compose files refer to.
 */
env?: Record<string, string | undefined>, 
/**
 * The Helm release's name; `langfuse` by default.
 */
release?: string, 
/**
 * The Langfuse chart's version.
 */
chartVersion?: string, 
/**
 * The Langfuse release that runs, such as `4.16.0`.
 */
langfuseVersion?: string, 
/**
 * Only this container.
 */
container?: Container, 
/**
 * Rules not to report.
 */
ignore?: readonly string[], };

/**
 * What kind of refusal it is.
 */
export type Code = "invalid-input" | "invalid-option" | "undecodable" | "invalid-request" | "unknown-topic" | "missing-answer" | "wrong-answer";

/**
 * A link that is wanted. S3 only.
 */
export type PresignRequest = { 
/**
 * To download, or to upload.
 */
op: Op, 
/**
 * The store's URL; none for Amazon S3.
 */
endpoint?: string | null, 
/**
 * The region.
 */
region: string, 
/**
 * The bucket.
 */
bucket: string, 
/**
 * The whole key.
 */
key: string, 
/**
 * Whether the bucket stands in the path instead of the host name.
 */
forcePathStyle?: boolean | null, 
/**
 * The access key id.
 */
accessKeyId: string, 
/**
 * The secret access key.
 */
secretAccessKey: string, 
/**
 * The session token of temporary credentials.
 */
sessionToken?: string | null, 
/**
 * Seconds for which the link works, 604800 at the most; 3600 by default. `expires`, as the flag is called, is taken too.
 */
expiresIn?: number | null, 
/**
 * The time from which they count, such as `2026-01-31T12:00:00Z`; now by default.
 */
date?: string | number | Date | null, 
/**
 * Let browsers save a download: under the key's name, or under this one.
 */
attachment?: boolean | string | null, 
/**
 * The content type that an upload has to be sent with.
 */
contentType?: string | null, 
/**
 * The length in bytes that an upload has to have.
 */
contentLength?: number | null, 
/**
 * The SHA-256 in base64 that an upload has to have.
 */
sha256?: string | null, 
/**
 * Server-side encryption of an upload: `AES256` or `aws:kms`.
 */
sse?: string | null, 
/**
 * The KMS key; sent with `aws:kms` only.
 */
kmsKeyId?: string | null, };

/**
 * What a link does.
 */
export type Op = "get" | "put";

/**
 * A request that is to be signed.
 */
export type SignRequest = { 
/**
 * The method; capitals are made of small letters, as `fetch` does.
 */
method: string, 
/**
 * The whole URL as it will be sent, percent-encoded.
 */
url: string | URL, 
/**
 * The headers that will be sent.
 */
headers?: Record<string, string> | null, 
/**
 * The SHA-256 of the body in hexadecimal digits, or `UNSIGNED-PAYLOAD`, which is also the default.
 */
payloadSha256?: string | null, 
/**
 * The region.
 */
region: string, 
/**
 * The access key id.
 */
accessKeyId: string, 
/**
 * The secret access key.
 */
secretAccessKey: string, 
/**
 * The session token of temporary credentials.
 */
sessionToken?: string | null, 
/**
 * The time of signing, such as `2026-01-31T12:00:00Z`; now by default.
 */
date?: string | number | Date | null, };

/**
 * Where event objects go.
 */
export type EventsRequest = { 
/**
 * The project's id.
 */
projectId: string, 
/**
 * `LANGFUSE_S3_EVENT_UPLOAD_PREFIX`; empty by default.
 */
prefix?: string | null, 
/**
 * `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`; Langfuse's default by default.
 */
maxSegmentBytes?: number | null, };

/**
 * The objects of events.
 */
export type EventObjects = { 
/**
 * The objects, in the order in which Langfuse makes them.
 */
objects: Array<EventObject>, 
/**
 * What Langfuse would not keep.
 */
skipped: Array<SkippedEvent>, };

/**
 * An object of events.
 */
export type EventObject = { 
/**
 * Its whole key.
 */
key: string, 
/**
 * The indices of the events in it, in order.
 */
events: Array<number>, };

/**
 * An event that is in no object.
 */
export type SkippedEvent = { 
/**
 * Its index.
 */
index: number, 
/**
 * Why.
 */
reason: string, };

/**
 * What a medium is called.
 */
export type MediaObject = { 
/**
 * The id by which traces refer to it.
 */
mediaId: string, 
/**
 * The whole key.
 */
key: string, 
/**
 * The SHA-256 in base64.
 */
sha256: string, };

/**
 * A field as it stands after the answers so far.
 */
export type Question = { 
/**
 * As the command line calls it, after `--`.
 */
name: string, 
/**
 * As a program's options call it.
 */
option: keyof GenerateOptions, 
/**
 * The heading under which it stands.
 */
section: string, 
/**
 * A few words.
 */
label: string, 
/**
 * One or two sentences.
 */
help: string, 
/**
 * `text`, `url`, `secret`, `number`, `flag`, `choice` or `several`.
 */
kind: "text" | "url" | "secret" | "number" | "flag" | "choice" | "several", 
/**
 * The words that can be chosen; empty where any can.
 */
choices: Array<Choosable>, 
/**
 * The least and the greatest number.
 */
range: [number, number] | null, 
/**
 * An answer, for people; empty where there is none to show.
 */
example: string, 
/**
 * What is taken where nothing is said. A made-up password is not shown.
 */
default: string | null, 
/**
 * Whether nothing can be written without an answer.
 */
needed: boolean, 
/**
 * How much to make of it: `main` asks it, `detail` folds it away, `none` leaves it out, because an answer would
 * change nothing in this format.
 */
weight: "main" | "detail" | "none", };

/**
 * A word that can be chosen.
 */
export type Choosable = { 
/**
 * The answer.
 */
value: string, 
/**
 * What it means.
 */
meaning: string, };

/**
 * A store, with what a configuration for it has to be told.
 */
export type Provider = { 
/**
 * As `--provider` takes it.
 */
id: ProviderId, 
/**
 * As people write it.
 */
name: string, 
/**
 * What to know of it.
 */
note: string, 
/**
 * The fields that a .env for it needs an answer to, in order.
 */
needs: Array<string>, };

/** The answers of `generate`: the command's flags in camel case. */
export interface GenerateOptions {
  /** The store that Langfuse is to use */
  provider?: ProviderId | null;
  /** The store's own API, or its S3 interface */
  engine?: "native" | "s3" | null;
  /** What brings the variables to Langfuse's containers */
  deployment?: "raw" | "compose" | "helm" | "k8s" | null;
  /** What Langfuse keeps in the store; events always */
  useCases?: readonly ("events" | "media" | "exports" | "core-data")[] | string | null;
  /** A bucket for each use case instead of one with a prefix for each */
  separateBuckets?: boolean | null;
  /** The bucket (on Azure: the container); with --separate-buckets the beginning of each bucket's name */
  bucket?: string | null;
  /** The bucket of raw events, where it is one of its own */
  eventsBucket?: string | null;
  /** The bucket of media, where it is one of its own */
  mediaBucket?: string | null;
  /** The bucket of exports, where it is one of its own */
  exportsBucket?: string | null;
  /** The bucket of core data, where it is one of its own */
  coreDataBucket?: string | null;
  /** What the keys of raw events begin with; it ends in `/`, or is empty in a bucket of their own */
  eventsPrefix?: string | null;
  /** What the keys of media begin with; it ends in `/`, or is empty in a bucket of their own */
  mediaPrefix?: string | null;
  /** What the keys of exports begin with; it ends in `/`, or is empty in a bucket of their own */
  exportsPrefix?: string | null;
  /** What the keys of core data begin with; it ends in `/`, or is empty in a bucket of their own */
  coreDataPrefix?: string | null;
  /** The region of the buckets, as the store calls it */
  region?: string | null;
  /** The account in the store's address: R2's account id, Azure's storage account, Oracle's namespace */
  account?: string | null;
  /** The store's URL as Langfuse's containers reach it, without bucket */
  endpoint?: string | null;
  /** The URL under which browsers open Langfuse (NEXTAUTH_URL) */
  publicUrl?: string | null;
  /** Where the programs run whose SDKs send media: they need an address of the store that leads there from where they are */
  sdks?: "here" | "elsewhere" | null;
  /** The store's URL as browsers and SDKs reach it, without bucket: links to media and exports are made for it */
  storePublicUrl?: string | null;
  /** Keys, or the identity that the platform gives to Langfuse's containers */
  credentials?: "keys" | "role" | null;
  /** The access key's id; on Azure the storage account */
  accessKeyId?: string | null;
  /** The access key's secret; on Azure the account key */
  secretAccessKey?: string | null;
  /** The service account's key: the path of a file in the containers, or the JSON document itself */
  googleCredentials?: string | null;
  /** How Langfuse signs in to Oracle */
  ociAuthType?: "workload_identity" | "instance_principal" | "resource_principal" | null;
  /** The role that Langfuse's service account takes on EKS (IRSA); leave it out for Pod Identity, ECS and EC2 */
  roleArn?: string | null;
  /** The service account that Langfuse runs as with Workload Identity; for policies and Terraform its e-mail address */
  googleServiceAccount?: string | null;
  /** Write secrets into the compose override or the chart's values, instead of references to .env or to a Secret */
  inlineSecrets?: boolean | null;
  /** The Kubernetes Secret that holds the credentials */
  secretName?: string | null;
  /** Server-side encryption asked for with each write of events and exports; media goes by the bucket's default */
  sse?: "AES256" | "aws:kms" | null;
  /** The KMS key's ARN; without it S3 takes the account's own */
  kmsKeyId?: string | null;
  /** After how many days raw events are deleted; Langfuse Cloud keeps them for 30 */
  retentionDays?: number | string | null;
  /** Write also the role's trust policy, for this platform */
  trust?: "irsa" | "pod-identity" | "ecs" | null;
  /** The AWS account, twelve digits */
  awsAccountId?: string | null;
  /** The cluster's OIDC issuer without https:// */
  oidcIssuer?: string | null;
  /** The service account that Langfuse's pods run as; the chart names it after the release */
  serviceAccount?: string | null;
  /** The Langfuse release that runs; what it does not know yet is refused */
  langfuseVersion?: string | null;
  /** The Helm release's name */
  release?: string | null;
  /** The Kubernetes namespace of Langfuse */
  namespace?: string | null;
  /** The Langfuse chart's version */
  chartVersion?: string | null;
  /** Which program reads the .env: they disagree on quotes */
  dialect?: "compose" | "docker" | "node" | null;
  /** Write the .env of one container only, where web and worker need different ones */
  container?: "web" | "worker" | null;
  /** The port of this machine on which the store is to answer */
  hostPort?: number | string | null;
}

/** The storage variables as their types, Langfuse's defaults included. */
export interface StorageEnvironment {
  /** Bucket that holds raw events; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_EVENT_UPLOAD_BUCKET: string;
  /** Put before every key of raw events as it stands, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_EVENT_UPLOAD_PREFIX?: string;
  /** Region that requests for raw events are signed for. The S3 client refuses to work without one, even with an endpoint. */
  LANGFUSE_S3_EVENT_UPLOAD_REGION?: string;
  /** URL of the store for raw events, scheme included, without bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT?: string;
  /** Access key id for raw events; the account name on Azure. Used only together with the secret, else the AWS default chain is used. */
  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID?: string;
  /** Secret access key for raw events; the account key on Azure. Used only together with the key id. */
  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for raw events. Needed for MinIO and SeaweedFS. */
  LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption asked for when writing raw events. */
  LANGFUSE_S3_EVENT_UPLOAD_SSE?: "AES256" | "aws:kms";
  /** KMS key for raw events; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_EVENT_UPLOAD_SSE_KMS_KEY_ID?: string;
  /** Bucket that holds media; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_MEDIA_UPLOAD_BUCKET?: string;
  /** Put before every key of media as it stands, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_MEDIA_UPLOAD_PREFIX?: string;
  /** Region that requests for media are signed for. The S3 client refuses to work without one, even with an endpoint. */
  LANGFUSE_S3_MEDIA_UPLOAD_REGION?: string;
  /** URL of the store for media, scheme included, without bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT?: string;
  /** Access key id for media; the account name on Azure. Used only together with the secret, else the AWS default chain is used. */
  LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID?: string;
  /** Secret access key for media; the account key on Azure. Used only together with the key id. */
  LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for media. Needed for MinIO and SeaweedFS. */
  LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption asked for when writing media. */
  LANGFUSE_S3_MEDIA_UPLOAD_SSE?: "AES256" | "aws:kms";
  /** KMS key for media; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_MEDIA_UPLOAD_SSE_KMS_KEY_ID?: string;
  /** Bucket that holds batch exports; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_BATCH_EXPORT_BUCKET?: string;
  /** Put before every key of batch exports as it stands, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_BATCH_EXPORT_PREFIX?: string;
  /** Region that requests for batch exports are signed for. The S3 client refuses to work without one, even with an endpoint. */
  LANGFUSE_S3_BATCH_EXPORT_REGION?: string;
  /** URL of the store for batch exports, scheme included, without bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_BATCH_EXPORT_ENDPOINT?: string;
  /** Access key id for batch exports; the account name on Azure. Used only together with the secret, else the AWS default chain is used. */
  LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID?: string;
  /** Secret access key for batch exports; the account key on Azure. Used only together with the key id. */
  LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for batch exports. Needed for MinIO and SeaweedFS. */
  LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption asked for when writing batch exports. */
  LANGFUSE_S3_BATCH_EXPORT_SSE?: "AES256" | "aws:kms";
  /** KMS key for batch exports; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_BATCH_EXPORT_SSE_KMS_KEY_ID?: string;
  /** Bucket that holds core data; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_BUCKET?: string;
  /** Put before every key of core data as it stands, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_PREFIX?: string;
  /** Region that requests for core data are signed for. The S3 client refuses to work without one, even with an endpoint. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_REGION?: string;
  /** URL of the store for core data, scheme included, without bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_ENDPOINT?: string;
  /** Access key id for core data; the account name on Azure. Used only together with the secret, else the AWS default chain is used. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_ACCESS_KEY_ID?: string;
  /** Secret access key for core data; the account key on Azure. Used only together with the key id. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for core data. Needed for MinIO and SeaweedFS. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption asked for when writing core data. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_SSE?: "AES256" | "aws:kms";
  /** KMS key for core data; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_SSE_KMS_KEY_ID?: string;
  /** Whether the worker makes batch exports at all. Unless it is `true`, every export asked for in the UI fails. */
  LANGFUSE_S3_BATCH_EXPORT_ENABLED: boolean;
  /** URL under which browsers reach the export store: download links are signed for it. On Azure it includes the container. Only exports have one. */
  LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT?: string;
  /** Whether the worker writes core data (JSON Lines a table) to its bucket. Meant for Langfuse Cloud. */
  LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED: boolean;
  /** Declared but read by no code: LANGFUSE_S3_CORE_DATA_UPLOAD_SSE is the one that counts. */
  LANGFUSE_S3_CORE_DATA_EXPORT_SSE?: "AES256" | "aws:kms";
  /** Declared but read by no code: LANGFUSE_S3_CORE_DATA_UPLOAD_SSE_KMS_KEY_ID is the one that counts. */
  LANGFUSE_S3_CORE_DATA_EXPORT_SSE_KMS_KEY_ID?: string;
  /** `true` stores everything in Azure Blob Storage. Wins over the other engine switches. */
  LANGFUSE_USE_AZURE_BLOB: boolean;
  /** `true` (the default since v3.93.0) means that a missing container is not created; `false` creates it on first use. */
  LANGFUSE_AZURE_SKIP_CONTAINER_CHECK: boolean;
  /** `true` stores everything through Google's own API; endpoint, region, keys, path style and encryption are then ignored. */
  LANGFUSE_USE_GOOGLE_CLOUD_STORAGE: boolean;
  /** Service-account key: a JSON document if it begins with `{`, otherwise the path of a file in the container. Unset: the ambient identity, which needs the role Service Account Token Creator on itself to sign links. */
  LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS?: string;
  /** Domain of a sovereign Google Cloud; links are made under `storage.<domain>`. */
  GOOGLE_CLOUD_UNIVERSE_DOMAIN: string;
  /** `true` stores everything through Oracle's own API. It reuses bucket, region, endpoint and prefix. */
  LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE: boolean;
  /** How Oracle's API is authenticated against. With the OCI engine on and this unset, the first use fails. */
  LANGFUSE_OCI_AUTH_TYPE?: "workload_identity" | "instance_principal" | "resource_principal" | "oci_profile" | "session_token";
  /** Path of the OCI configuration file in the container, for `oci_profile` and `session_token`. */
  LANGFUSE_OCI_CONFIG_FILE?: string;
  /** Profile of the OCI configuration file, for `oci_profile` and `session_token`. */
  LANGFUSE_OCI_CONFIG_PROFILE?: string;
  /** Largest media file in bytes that web signs an upload for. */
  LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH: number;
  /** Seconds for which a media download link works. S3 and Google allow 604800 at the most. */
  LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS: number;
  /** Sockets of the https agent, for reads too. Without effect on an http endpoint. */
  LANGFUSE_S3_CONCURRENT_WRITES: number;
  /** Event files that the worker fetches at once. */
  LANGFUSE_S3_CONCURRENT_READS: number;
  /** Keys asked for in a listing. Langfuse reads one page and S3 gives 1000 at the most. */
  LANGFUSE_S3_LIST_MAX_KEYS: number;
  /** Longest segment of an event key in bytes; longer ids are cut and hashed. 255 suits stores that keep keys as file names. Web and worker must agree. */
  LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES: number;
  /** Checksum of multi-object deletes. Unset: CRC32. MinIO before RELEASE.2025-02-03 needs `MD5`. */
  LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM?: "MD5" | "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
  /** `true` uploads large files in buffered parts that are tried again; it also brings the two settings below and the part size to life. */
  LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED: boolean;
  /** Tries for each part of a buffered upload. */
  LANGFUSE_S3_UPLOAD_MAX_PART_ATTEMPTS: number;
  /** Parts of a buffered upload that are sent at once. */
  LANGFUSE_S3_UPLOAD_MAX_CONCURRENT_PARTS: number;
  /** `true` moves a project to the slow queue after the store answered SlowDown. */
  LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED: boolean;
  /** Seconds for which such a project stays there. */
  LANGFUSE_S3_RATE_ERROR_SLOWDOWN_TTL_SECONDS: number;
  /** Projects whose observations are merged without a listing. The ids are not trimmed. */
  LANGFUSE_SKIP_S3_LIST_FOR_OBSERVATIONS_PROJECT_IDS?: string;
  /** Whether every event file is written down in ClickHouse, which retention and deletion need. */
  LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG: boolean;
  /** Multi-object deletes that cleaning keeps in flight. */
  LANGFUSE_BLOB_STORAGE_DELETE_S3_CONCURRENCY: number;
  /** `true` lets the worker take media out of OTel spans and upload it itself. */
  LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED: boolean;
  /** `true` lets the worker move large fields of observations to the media bucket. */
  LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED: boolean;
  /** Bytes from which such a field counts as large. */
  LANGFUSE_OBSERVATION_FIELD_SIZE_LIMIT_BYTES: number;
  /** Rows that an export reads from the database at once. */
  BATCH_EXPORT_PAGE_SIZE: number;
  /** Rows after which an export ends. */
  BATCH_EXPORT_ROW_LIMIT: number;
  /** Hours for which the stored download link of an export is signed. S3 and Google allow 168 at the most. */
  BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS: number;
  /** Part size of an export in MiB; used with buffered uploads on S3, and always on Azure and OCI. */
  BATCH_EXPORT_S3_PART_SIZE_MIB: number;
  /** Rows that a batch action touches at the most. */
  BATCH_ACTION_EXPORT_ROW_LIMIT: number;
  /** Whether this worker takes export jobs. */
  QUEUE_CONSUMER_BATCH_EXPORT_QUEUE_IS_ENABLED: boolean;
  /** Whether this worker takes jobs of the projects' own blob-storage exports. */
  QUEUE_CONSUMER_BLOB_STORAGE_INTEGRATION_QUEUE_IS_ENABLED: boolean;
  /** Hosts that projects may export to. Setting any of the three lists switches the address check of such endpoints on. */
  LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_HOST?: string;
  /** Addresses that projects may export to. */
  LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IPS?: string;
  /** Networks in CIDR form that projects may export to. */
  LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IP_SEGMENTS?: string;
  /** Hours between two mails about the same failing project export. */
  LANGFUSE_BLOB_STORAGE_FAILURE_NOTIFICATION_COOLDOWN_HOURS: number;
  /** Projects whose own export leaves observations and scores out. */
  LANGFUSE_BLOB_STORAGE_EXPORT_TRACE_ONLY_PROJECT_IDS?: string;
  /** Media files that one round of retention deletes. */
  LANGFUSE_MEDIA_RETENTION_CLEANER_ITEM_LIMIT: number;
  /** Media files that one round of project deletion deletes. */
  LANGFUSE_BATCH_PROJECT_MEDIA_CLEANER_BATCH_SIZE: number;
  /** Path in the container of a PEM file with more certificate authorities, for stores with a private one. Read by Node itself. */
  NODE_EXTRA_CA_CERTS?: string;
}

/** The storage variables as an environment has them. */
export type StorageInput = { readonly [Name in keyof StorageEnvironment]?: string | number | boolean | undefined };
