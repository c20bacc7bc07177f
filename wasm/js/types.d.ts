// Generated from the types and tables of core/. To update: npm run docs

/** A Standard Schema, version 1: see standardschema.dev. */
export interface StandardSchema<In, Out> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "langfuse-blob";
    readonly validate: (value: unknown) => { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}
export interface Issue { readonly message: string; readonly path?: readonly string[] | undefined }

/** Set, but the value is unknown here. */
export interface Unknown { readonly unknown: true }
/** A key of a Kubernetes Secret, `name/key`. */
export interface SecretReference { readonly secret: string }
/** The value of a variable. */
export type Value = string | SecretReference | Unknown;
/** Variables as a program has them, such as `process.env`. */
export type Variables = { readonly [name: string]: Value | number | bigint | boolean | null | undefined };
/** The input: variables, variables per container, the contents of a file, or files that belong together. */
export type Input = string | Variables | { readonly web?: Variables | string; readonly worker?: Variables | string } | { readonly files: readonly File[] };
/** What each container receives; null if the program that reads a file rejects it. */
export interface Resolved { containers: { web?: Record<string, Value>; worker?: Record<string, Value> } | null; diagnostics: Diagnostic[] }
/** A generated file. */
export interface Output { name: string; contents: string; notes: string[]; beside: { name: string; contents: string }[] }
/** All files of a format. `checked`: the files that configure Langfuse, in groups that `check` reads together. `generated`: the answers that were left out and generated; to get the same files again, answer with them. */
export interface GeneratedFiles { files: File[]; notes: string[]; checked: string[][]; generated: Record<string, string> }
/** A media file: its bytes, or their SHA-256 in base64. */
export type MediaRequest = ({ bytes: Uint8Array } | { sha256: string }) & { contentType: string; projectId: string; prefix?: string | null };
/** Which fixes to apply: the safe ones, or also the unsafe ones. */
export interface ApplyFixesOptions { unsafe?: boolean }
/** A finding of the doctor. */
export type DoctorDiagnostic = Omit<Diagnostic, "rule"> & { rule: Cause };

/** A file type. */
export type InputFormat = "dotenv" | "compose" | "helm" | "k8s" | "json" | "env" | "ecs" | "docker-inspect" | "cloud-run" | "container-apps" | "render" | "systemd" | "quadlet" | "cloudformation" | "terraform-json" | "nomad" | "argocd" | "flux" | "k3s" | "umbrella-values" | "helmfile" | "helm-get" | "secret-template" | "kustomize" | "terraform" | "bicep" | "nix" | "javascript" | "python" | "go" | "csharp" | "java" | "shell" | "dockerfile" | "github-workflow" | "helm-template" | "jinja" | "terraform-template";

/** What an input was read as. */
export type ReadFormat = "dotenv" | "compose" | "helm" | "k8s" | "json" | "env" | "ecs" | "docker-inspect" | "cloud-run" | "container-apps" | "render" | "systemd" | "quadlet" | "cloudformation" | "terraform-json" | "nomad" | "argocd" | "flux" | "k3s" | "umbrella-values" | "helmfile" | "helm-get" | "secret-template" | "kustomize" | "terraform" | "bicep" | "nix" | "javascript" | "python" | "go" | "csharp" | "java" | "shell" | "dockerfile" | "github-workflow" | "helm-template" | "jinja" | "terraform-template" | "process-env";

/** Which program reads a dotenv file. */
export type Dialect = "compose" | "docker" | "node";

/** A deployment method. */
export type Deployment = "raw" | "compose" | "helm" | "k8s";

/** A Langfuse container. */
export type Container = "web" | "worker";

/** A report format. */
export type ReportFormat = "text" | "json" | "sarif" | "github";

/** The format of an export file. */
export type ExportFormat = "csv" | "json" | "jsonl";

/** A format of `generate`. */
export type GenerateFormat = "env" | "compose" | "helm" | "k8s" | "json" | "ecs" | "iam-policy" | "cors" | "lifecycle" | "docker-run" | "terraform";

/** A storage provider. */
export type ProviderId = "aws" | "r2" | "gcs" | "azure" | "minio" | "seaweedfs" | "garage" | "ceph" | "rustfs" | "tigris" | "oci" | "alibaba" | "tencent" | "b2" | "wasabi" | "digitalocean" | "scaleway" | "hetzner" | "ovh" | "ibm" | "linode" | "vultr" | "exoscale";

/** A rule of `check`. */
export type Rule = "event-bucket-missing" | "boolean-not-true-or-false" | "number-not-readable" | "number-out-of-range" | "value-not-in-list" | "file-refused-by-reader" | "file-outside-not-read" | "value-not-known" | "variable-set-twice" | "file-read-differently" | "value-in-quotes" | "comment-in-value" | "variable-not-expanded" | "dollar-in-secret" | "value-empty" | "dotenv-not-read" | "whitespace-in-key-id" | "whitespace-in-secret" | "whitespace-in-region" | "whitespace-in-name" | "placeholder-left" | "sample-credentials" | "variable-never-read" | "variable-retired" | "external-endpoint-never-read" | "oci-name-without-langfuse" | "core-data-name-mixed-up" | "variable-unknown" | "variable-in-wrong-block" | "variable-newer-than-langfuse" | "environment-of-an-application" | "storage-settings-before-v3" | "storage-settings-in-instrumented-app" | "key-pair-half-set" | "keys-missing-for-store" | "temporary-key" | "key-pair-swapped" | "key-of-another-store" | "identity-of-another-service" | "keys-differ-on-one-bucket" | "keys-only-for-some-use-cases" | "one-key-two-secrets" | "region-missing" | "region-auto-without-endpoint" | "region-auto-on-aws" | "region-endpoint-mismatch" | "region-is-availability-zone" | "region-misspelled" | "region-not-of-provider" | "endpoint-without-scheme" | "endpoint-not-a-url" | "bucket-in-endpoint-host" | "bucket-in-endpoint-path" | "endpoint-with-path" | "path-style-missing" | "path-style-refused" | "endpoint-not-s3-api" | "endpoint-console-port" | "endpoint-scheme-port-mismatch" | "endpoint-unencrypted" | "endpoint-with-ignored-parts" | "endpoint-redundant" | "endpoint-host-with-underscore" | "endpoint-from-aws-variable" | "region-auto-on-own-store" | "endpoint-of-wrong-partition" | "bucket-missing" | "media-bucket-missing" | "bucket-not-a-name" | "bucket-name-invalid" | "bucket-name-legacy" | "bucket-name-reserved-by-google" | "prefix-without-slash" | "prefix-with-empty-segment" | "prefixes-overlap" | "prefix-repeats-bucket" | "prefix-with-template" | "media-endpoint-internal" | "media-endpoint-localhost" | "link-host-private" | "media-endpoint-insecure" | "media-endpoint-worker-localhost" | "media-host-blocked-in-browser" | "media-sse-breaks-uploads" | "media-on-gcs-interoperability" | "media-on-google-universe" | "media-link-expiry-too-long" | "media-link-expiry-too-short" | "media-length-over-single-put" | "media-writer-without-bucket" | "export-not-enabled" | "export-link-internal" | "export-link-localhost" | "export-link-insecure" | "export-external-endpoint-with-path" | "export-link-expiry-too-long" | "export-unknown-to-web" | "engines-more-than-one" | "endpoint-of-another-engine" | "setting-ignored-by-engine" | "engine-setting-without-switch" | "azure-not-enabled" | "azure-account-incomplete" | "azure-key-malformed" | "azure-account-and-key-swapped" | "azure-account-name-invalid" | "azure-account-endpoint-mismatch" | "azure-endpoint-not-account" | "azure-endpoint-data-lake" | "azure-endpoint-privatelink" | "azure-media-private" | "azure-external-endpoint-without-container" | "azure-container-name-invalid" | "azure-container-not-created" | "azure-endpoint-garbled" | "gcs-credentials-not-readable" | "gcs-key-incomplete" | "gcs-interoperability" | "gcs-multipart-refused" | "oci-auth-type-missing" | "oci-config-file-missing" | "oci-links-need-permission" | "oci-endpoint-not-native" | "oci-endpoint-not-s3" | "kms-key-without-kms" | "encryption-on-other-store" | "encryption-differs-in-bucket" | "key-segment-too-long-for-store" | "key-segment-differs" | "list-page-over-thousand" | "socket-limit-without-https" | "setting-without-its-switch" | "slowdown-not-recognized" | "large-export-unbuffered" | "md5-under-fips" | "variable-not-forwarded" | "empty-prefix-replaced" | "default-keys-sent-elsewhere" | "endpoint-left-at-bundled-store" | "use-case-left-at-bundled-store" | "bucket-not-created" | "keys-differ-from-store" | "localhost-inside-container" | "worker-missing" | "endpoint-host-not-a-service" | "host-port-inside-network" | "localhost-port-of-another-service" | "compose-file-outdated" | "sample-keys-on-open-port" | "chart-refuses-values" | "chart-prefix-not-for-events" | "chart-path-style-stays-on" | "chart-value-under-dead-name" | "chart-media-switch-without-effect" | "chart-credential-not-rendered" | "chart-value-at-wrong-level" | "chart-section-not-read" | "chart-key-set-twice" | "chart-version-not-known" | "chart-store-off-without-another" | "chart-store-out-of-reach" | "chart-values-of-old-store" | "chart-value-of-newer-chart" | "engines-differ" | "buckets-differ" | "endpoints-differ" | "prefixes-differ" | "replicas-differ" | "unused-suppression";

/** A cause that the doctor finds; `explain` prints it. */
export type Cause = "azure-engine-at-s3-store" | "console-port" | "link-expired" | "kms-denied" | "list-denied" | "get-denied" | "put-denied" | "delete-denied" | "delete-many-denied" | "access-denied" | "account-suspended" | "key-unknown" | "link-refused" | "signature-refused" | "session-ended" | "key-not-of-r2" | "credentials-missing" | "clock-wrong" | "region-wrong" | "signature-unreadable" | "bucket-elsewhere" | "region-of-another-endpoint" | "region-not-set" | "region-not-accepted" | "bucket-not-found" | "key-missing" | "bucket-name-refused" | "path-style-forbidden" | "rapid-storage-class" | "body-changed" | "delete-many-unknown" | "checksum-unknown" | "kms-not-configured" | "not-implemented" | "kms-not-there" | "content-md5-missing" | "complete-precondition" | "precondition-failed" | "checksum-header-refused" | "digest-wrong" | "body-too-large" | "kms-key-unusable" | "rate-limited" | "disk-full" | "key-not-a-file-name" | "web-page" | "store-failed" | "gateway-failed" | "sign-in-wanted" | "method-refused" | "address-moved" | "no-store" | "azure-signature-refused" | "azure-keys-forbidden" | "container-missing" | "azure-not-authorized" | "azure-name-wrong" | "blob-type-missing" | "google-sign-blob" | "google-scopes" | "google-premature-close" | "authority-unknown" | "certificate-of-another-name" | "amazon-host-made-up" | "host-unknown" | "lookup-failed" | "connection-refused" | "proxy-unreachable" | "clickhouse-port" | "timed-out" | "connection-broken" | "answer-cut" | "answer-too-large" | "answer-too-slow" | "request-failed" | "tls-not-spoken" | "http-on-tls-port" | "certificate-expired" | "path-style-needed" | "endpoint-unreadable" | "mixed-content" | "cors-missing" | "csp-blocks-store" | "media-not-uploaded" | "configuration-unusable" | "azure-key-unreadable" | "visible-only-inside" | "another-identity" | "identity-only-inside" | "keys-swapped" | "proxy-rewrites-host" | "proxy-strips-path" | "bucket-doubled" | "body-differs" | "missing-key-found" | "odd-key-refused" | "long-key-refused" | "multipart-body-too-large" | "link-host-inside" | "link-host-local" | "media-encryption-signed" | "checksum-ignored" | "disposition-missing" | "public-read" | "versions-kept" | "lifecycle-missing" | "lifecycle-deletes-media" | "object-lock-on" | "container-to-be-made" | "left-behind" | "engine-not-probed" | "certificate-of-another-host" | "request-refused" | "request-impossible" | "encryption-ignored" | "encryption-refused" | "abort-denied" | "link-host-rewritten" | "link-path-stripped" | "link-unreachable" | "value-hidden";

/**
 * All findings.
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
 * A file that was read.
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
 * The containers it applies to.
 */
containers: Container[], 
/**
 * Whether it's code of which only literal values are judged: nothing is reported as missing.
 */
excerpt: boolean, };

/**
 * One finding.
 */
export type Diagnostic = { 
/**
 * Slug of the rule; `explain` prints its page.
 */
rule: Rule, 
/**
 * How severe.
 */
severity: Severity, 
/**
 * What will happen.
 */
impact: Impact, 
/**
 * The variable.
 */
variable: string | null, 
/**
 * The containers.
 */
containers: Container[], 
/**
 * The use cases that the mistake concerns; empty if it concerns none in particular.
 */
useCases: Array<UseCase>, 
/**
 * One sentence: what's wrong, with the value (secrets redacted), and what's expected.
 */
message: string, 
/**
 * What to do.
 */
help: string, 
/**
 * Where to read more: the address of the rule's page.
 */
docs: string, 
/**
 * Where; `null` if it isn't in a file.
 */
span: Location | null, 
/**
 * Related locations.
 */
related: Array<Related>, 
/**
 * The automatic fix.
 */
fix: Fix | null, };

/**
 * How bad it is.
 */
export type Severity = "hint" | "warning" | "error";

/**
 * What will happen.
 */
export type Impact = "startup" | "failure" | "ignored" | "risk" | "advice" | "unread" | "untested";

/**
 * A use case of Langfuse's storage.
 */
export type UseCase = "events" | "media" | "exports" | "core-data";

/**
 * A [`Span`] in full: 1-based lines, 1-based columns in Unicode scalar values, offset and length in bytes,
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
 * Another location related to a finding.
 */
export type Related = { 
/**
 * What is there.
 */
message: string, 
/**
 * Where; `null` if it isn't in a file.
 */
span: Location | null, };

/**
 * A fix for a finding.
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
 * The new text.
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
 * A named file.
 */
export type File = { 
/**
 * Its name: a path relative to the same directory as all others.
 */
file: string, 
/**
 * Its contents.
 */
text: string, };

/**
 * The flags of `check` that say how to read files and which rules to run.
 */
export type Options = { 
/**
 * The file type, if it can't be detected: the values of `--input`.
 */
format?: InputFormat, 
/**
 * The file name to report; `-` by default.
 */
file?: string, 
/**
 * Which program reads the dotenv file.
 */
dialect?: Dialect, 
/**
 * The deployment method.
 */
deployment?: Deployment, 
/**
 * The shell environment, which compose files refer to.
 */
env?: Record<string, string | undefined>, 
/**
 * The name of the Helm release; `langfuse` by default.
 */
release?: string, 
/**
 * The version of the Langfuse chart.
 */
chartVersion?: string, 
/**
 * The version of Langfuse, such as `4.16.0`.
 */
langfuseVersion?: string, 
/**
 * Check only this container.
 */
container?: Container, 
/**
 * Rules not to report.
 */
ignore?: readonly string[], 
/**
 * The only rules to report, besides those about files that can't be read.
 */
select?: readonly string[], };

/**
 * The kind of error.
 */
export type Code = "invalid-input" | "invalid-option" | "undecodable" | "invalid-request" | "unknown-topic" | "missing-answer" | "wrong-answer";

/**
 * A request for a presigned URL. S3 only.
 */
export type PresignRequest = { 
/**
 * Whether to download or upload.
 */
op: Op, 
/**
 * The URL of the store; omit it for Amazon S3.
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
 * The full object key.
 */
key: string, 
/**
 * Whether the bucket goes into the path instead of the host name.
 */
forcePathStyle?: boolean | null, 
/**
 * The access key ID.
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
 * How many seconds the URL is valid, at most 604800; 3600 by default. Also accepted as `expires`, like the flag.
 */
expiresIn?: number | null, 
/**
 * The time from which the URL is valid, such as `2026-01-31T12:00:00Z`; now by default.
 */
date?: string | number | Date | null, 
/**
 * Makes browsers save a download, under the object's name or the given one.
 */
attachment?: boolean | string | null, 
/**
 * The content type that an upload must be sent with.
 */
contentType?: string | null, 
/**
 * The length in bytes that an upload must have.
 */
contentLength?: number | null, 
/**
 * The SHA-256 in base64 that an upload must have.
 */
sha256?: string | null, 
/**
 * Server-side encryption of an upload: `AES256` or `aws:kms`.
 */
sse?: string | null, 
/**
 * The KMS key; sent only with `aws:kms`.
 */
kmsKeyId?: string | null, };

/**
 * What a presigned URL does.
 */
export type Op = "get" | "put";

/**
 * A request to sign.
 */
export type SignRequest = { 
/**
 * The method; converted to upper case.
 */
method: string, 
/**
 * The full URL as it will be sent, percent-encoded.
 */
url: string | URL, 
/**
 * The headers that will be sent.
 */
headers?: Record<string, string> | null, 
/**
 * The SHA-256 of the body in hexadecimal digits, or `UNSIGNED-PAYLOAD`, the default.
 */
payloadSha256?: string | null, 
/**
 * The region.
 */
region: string, 
/**
 * The access key ID.
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
 * How to build event objects.
 */
export type EventsRequest = { 
/**
 * The project ID.
 */
projectId: string, 
/**
 * `LANGFUSE_S3_EVENT_UPLOAD_PREFIX`; empty by default.
 */
prefix?: string | null, 
/**
 * `LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES`; defaults to Langfuse's default.
 */
maxSegmentBytes?: number | null, };

/**
 * The objects for a list of events.
 */
export type EventObjects = { 
/**
 * The objects, in the order in which Langfuse creates them.
 */
objects: Array<EventObject>, 
/**
 * Events that Langfuse wouldn't store.
 */
skipped: Array<SkippedEvent>, };

/**
 * An event object.
 */
export type EventObject = { 
/**
 * The full object key.
 */
key: string, 
/**
 * The indexes of its events, in order.
 */
events: Array<number>, };

/**
 * An event that isn't in any object.
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
 * The names of a media file.
 */
export type MediaObject = { 
/**
 * The ID by which traces refer to it.
 */
mediaId: string, 
/**
 * The full object key.
 */
key: string, 
/**
 * The SHA-256 in base64.
 */
sha256: string, };

/**
 * The connections of a configuration. Both lists are empty if no web container receives any variable.
 */
export type Connections = { 
/**
 * The use cases whose presigned URLs can be made, media first: browsers upload to its URLs.
 */
connections: Array<Connection>, 
/**
 * The others.
 */
unconnected: Array<Unconnected>, };

/**
 * A bucket as Langfuse's presigned URLs address it: what `presign` needs for one.
 */
export type Connection = { 
/**
 * The use case.
 */
useCase: UseCase, 
/**
 * The endpoint that browsers use; `null` for Amazon S3.
 */
endpoint: string | null, 
/**
 * The region.
 */
region: string, 
/**
 * The bucket.
 */
bucket: string, 
/**
 * The prefix of its keys.
 */
prefix: string, 
/**
 * Whether the bucket goes into the path instead of the host name.
 */
forcePathStyle: boolean, 
/**
 * The access key ID.
 */
accessKeyId: string, 
/**
 * The secret access key.
 */
secretAccessKey: string, };

/**
 * A use case without a connection.
 */
export type Unconnected = { 
/**
 * The use case.
 */
useCase: UseCase, 
/**
 * The kind of reason, for programs.
 */
reason: Unsignable, 
/**
 * The reason, without secrets.
 */
message: string, };

/**
 * Why presigned URLs of a use case can't be made from the configuration alone.
 */
export type Unsignable = "engine" | "incomplete";

/**
 * A format with what a form shows about it.
 */
export type FormatInfo = { 
/**
 * Its name.
 */
format: GenerateFormat, 
/**
 * The name of its file.
 */
file: string, 
/**
 * What it is, in one line.
 */
about: string, 
/**
 * Whether it configures Langfuse, rather than the store.
 */
configuresLangfuse: boolean, };

/**
 * What a form shows after some answers.
 */
export type Questions = { 
/**
 * The questions that apply, in order.
 */
questions: Array<Question>, 
/**
 * The valid answers to them, by option. Includes secrets.
 */
accepted: Record<string, string>, 
/**
 * The invalid answers. Valid answers to questions that don't apply are in neither list: they have no effect.
 */
rejected: Array<Rejected>, };

/**
 * A field, given the answers so far.
 */
export type Question = { 
/**
 * Its flag, without `--`.
 */
name: string, 
/**
 * Its API option.
 */
option: keyof GenerateOptions, 
/**
 * Its section heading.
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
 * The choices; empty if any value is allowed.
 */
choices: Array<Choosable>, 
/**
 * Minimum and maximum of a number.
 */
range: [number, number] | null, 
/**
 * An example for people; empty if there is none.
 */
example: string, 
/**
 * The default. A generated password isn't shown.
 */
default: string | null, 
/**
 * Whether an answer is required.
 */
needed: boolean, 
/**
 * How to present it: `main` shows it, `detail` collapses it, `none` hides it, because the answer has no effect in
 * this format.
 */
weight: "main" | "detail" | "none", 
/**
 * Whether a password may be generated as the answer: the operator of the store chooses its keys.
 */
canGenerate: boolean, 
/**
 * Whether the answer holds only for this store: drop it when another provider is chosen.
 */
ofStore: boolean, 
/**
 * Whether to keep the answer out of links and logs.
 */
sensitive: boolean, };

/**
 * A choice.
 */
export type Choosable = { 
/**
 * The answer.
 */
value: string, 
/**
 * What it means.
 */
meaning: string, 
/**
 * Whether it can't be deselected.
 */
always: boolean, };

/**
 * An invalid answer.
 */
export type Rejected = { 
/**
 * Its option; one that doesn't exist is returned as given.
 */
option: string, 
/**
 * What is wrong with it.
 */
message: string, 
/**
 * What to do.
 */
help: string, };

/**
 * A field, whether its question applies or not.
 */
export type Field = { 
/**
 * Its flag, without `--`; error messages name it.
 */
name: string, 
/**
 * Its API option.
 */
option: keyof GenerateOptions, 
/**
 * A few words.
 */
label: string, 
/**
 * Whether the answer holds only for one store: drop it when another provider is chosen.
 */
ofStore: boolean, 
/**
 * Whether to keep the answer out of links and logs.
 */
sensitive: boolean, };

/**
 * A store, with the fields that a configuration for it requires.
 */
export type Provider = { 
/**
 * Its `--provider` value.
 */
id: ProviderId, 
/**
 * Its display name.
 */
name: string, 
/**
 * What to know about it.
 */
note: string, 
/**
 * The fields that a .env for it requires, in order.
 */
needs: Array<string>, };

/**
 * The doctor's report.
 */
export type DoctorReport = { 
/**
 * Version of this format: 1.
 */
version: number, 
/**
 * The files that were read.
 */
read: Array<Read>, 
/**
 * Whether it was interrupted.
 */
interrupted: boolean, 
/**
 * The use cases that were probed.
 */
useCases: Array<DoctorUseCase>, 
/**
 * The use cases that are in use and couldn't be tested from here: no store answered, and nothing is wrong.
 */
untested: Array<UseCase>, 
/**
 * The use cases that aren't in use.
 */
idle: Array<IdleUseCase>, 
/**
 * Number of steps by outcome.
 */
steps: StepCounts, 
/**
 * What couldn't be deleted.
 */
left: Array<Leftover>, 
/**
 * The findings, as in `check`.
 */
diagnostics: DoctorDiagnostic[], 
/**
 * Their number.
 */
summary: Summary, };

/**
 * One use case.
 */
export type DoctorUseCase = { 
/**
 * Which use case.
 */
useCase: UseCase, 
/**
 * `S3` or `Azure Blob Storage`; `null` if there is no address.
 */
engine: "S3" | "Azure Blob Storage" | null, 
/**
 * Where requests go: scheme, host, port.
 */
origin: string | null, 
/**
 * How requests reach that address, if not under its own name.
 */
connectedTo: DoctorConnectedTo | null, 
/**
 * Where presigned URLs go.
 */
linkOrigin: string | null, 
/**
 * Bucket or container.
 */
bucket: string | null, 
/**
 * The prefix of its keys.
 */
prefix: string | null, 
/**
 * What the server calls itself.
 */
server: string | null, 
/**
 * The steps, in the order of the table.
 */
steps: Array<DoctorStepReport>, };

/**
 * The connection of a use case's requests, if it goes elsewhere than to the endpoint's host and port.
 */
export type DoctorConnectedTo = { 
/**
 * The endpoint's host and port.
 */
host: string, 
/**
 * The host or address and port that the doctor connects to instead.
 */
address: string, 
/**
 * Where a compose file publishes that port; `null` with `--connect-to`.
 */
published: DoctorPublishedAt | null, };

/**
 * Where a compose file publishes a port.
 */
export type DoctorPublishedAt = { 
/**
 * The file.
 */
file: string, 
/**
 * The line, from 1.
 */
line: number, };

/**
 * One step of one use case. In JSON every key is present, `null` if empty.
 */
export type DoctorStepReport = { 
/**
 * Its name.
 */
step: DoctorStep, 
/**
 * How it ended.
 */
outcome: StepOutcome, 
/**
 * A phrase; `null` for none.
 */
note: string | null, 
/**
 * The cause, if one was found; `explain` prints it.
 */
rule: Cause | null, 
/**
 * The steps that it waited for.
 */
after: Array<DoctorStep>, 
/**
 * How many requests it made, one after the other.
 */
roundTrips: number, };

/**
 * A step of the doctor.
 */
export type DoctorStep = "configuration" | "resolve" | "connect" | "tls" | "server" | "clock" | "identity" | "region" | "bucket" | "missing-key" | "list" | "delete-right" | "put" | "get" | "odd-key" | "long-key" | "parts" | "abort" | "link-host" | "link-resolve" | "link-connect" | "link-tls" | "link-get" | "link-put" | "link-checksum" | "cors" | "csp" | "public-access" | "versioning" | "lifecycle" | "encryption" | "object-lock" | "delete" | "cleanup";

/**
 * How a step ended.
 */
export type StepOutcome = "pass" | "warn" | "fail" | "skipped";

/**
 * A use case that isn't in use.
 */
export type IdleUseCase = { 
/**
 * Which use case.
 */
useCase: UseCase, 
/**
 * Why, as a phrase.
 */
why: string, };

/**
 * Number of steps by outcome.
 */
export type StepCounts = { 
/**
 * Passed.
 */
passed: number, 
/**
 * With a warning.
 */
warned: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Not run, or inconclusive.
 */
skipped: number, };

/**
 * Something that couldn't be deleted.
 */
export type Leftover = { 
/**
 * The use case whose bucket it's in.
 */
useCase: UseCase, 
/**
 * `object`, `version`, `upload`, `blocks`.
 */
kind: "object" | "version" | "upload" | "blocks", 
/**
 * The full key, or the prefix.
 */
key: string, 
/**
 * Why it is still there.
 */
why: string, };

/**
 * A line of the doctor's stream.
 */
export type DoctorEvent = { "what": "step", 
/**
 * Which use case.
 */
useCase: UseCase, 
/**
 * Which step.
 */
step: DoctorStep, 
/**
 * What it checks.
 */
asks: string, 
/**
 * How it ended.
 */
outcome: StepOutcome, 
/**
 * How many steps have ended.
 */
over: number, 
/**
 * How many steps there are.
 */
all: number, } | { "what": "note", 
/**
 * One sentence.
 */
message: string, } | { "what": "report", 
/**
 * As data.
 */
report: DoctorReport, 
/**
 * As `langfuse-blob doctor` prints it.
 */
text: string, } | { "what": "fault", 
/**
 * One sentence.
 */
message: string, };

/** The answers for `generate`: the command's flags in camel case. */
export interface GenerateOptions {
  /** The store that Langfuse uses */
  provider?: ProviderId | null;
  /** The store's own API, or its S3 interface */
  engine?: "native" | "s3" | null;
  /** How Langfuse is deployed */
  deployment?: "raw" | "compose" | "helm" | "k8s" | null;
  /** What Langfuse keeps in the store; events are always included */
  useCases?: readonly ("events" | "media" | "exports" | "core-data")[] | string | null;
  /** One bucket per use case, instead of one bucket with a prefix per use case */
  separateBuckets?: boolean | null;
  /** The bucket (on Azure: the container); with --separate-buckets, the beginning of each bucket's name */
  bucket?: string | null;
  /** The bucket for raw events, if it's a separate one */
  eventsBucket?: string | null;
  /** The bucket for media, if it's a separate one */
  mediaBucket?: string | null;
  /** The bucket for exports, if it's a separate one */
  exportsBucket?: string | null;
  /** The bucket for core data, if it's a separate one */
  coreDataBucket?: string | null;
  /** The key prefix for raw events; ends in `/`, or is empty in a separate bucket */
  eventsPrefix?: string | null;
  /** The key prefix for media; ends in `/`, or is empty in a separate bucket */
  mediaPrefix?: string | null;
  /** The key prefix for exports; ends in `/`, or is empty in a separate bucket */
  exportsPrefix?: string | null;
  /** The key prefix for core data; ends in `/`, or is empty in a separate bucket */
  coreDataPrefix?: string | null;
  /** The region of the buckets, as the store names it */
  region?: string | null;
  /** The account in the store's address: R2's account ID, Azure's storage account, Oracle's namespace */
  account?: string | null;
  /** The store's URL as Langfuse's containers reach it, without the bucket */
  endpoint?: string | null;
  /** The URL at which browsers open Langfuse (NEXTAUTH_URL) */
  publicUrl?: string | null;
  /** Where the applications run that send media through an SDK: the public store URL must be reachable from there */
  sdks?: "here" | "elsewhere" | null;
  /** The store's URL as browsers and SDKs reach it, without the bucket: presigned URLs for media and exports use it */
  storePublicUrl?: string | null;
  /** Keys, or the platform's role: the identity that EC2, ECS, EKS or Google Cloud gives Langfuse's containers */
  credentials?: "keys" | "role" | null;
  /** The access key ID; on Azure, the storage account */
  accessKeyId?: string | null;
  /** The secret access key; on Azure, the account key */
  secretAccessKey?: string | null;
  /** The service account key: the path of a file in the containers, or the JSON document itself */
  googleCredentials?: string | null;
  /** How Langfuse authenticates with Oracle */
  ociAuthType?: "workload_identity" | "instance_principal" | "resource_principal" | null;
  /** The role that Langfuse's service account assumes on EKS (IRSA), or the task role on ECS; leave it out for Pod Identity and EC2 */
  roleArn?: string | null;
  /** The service account that Langfuse runs as with Workload Identity; for policies and Terraform, its email address */
  googleServiceAccount?: string | null;
  /** Write secrets into the compose override or the chart values, instead of references to .env or to a Secret */
  inlineSecrets?: boolean | null;
  /** The Kubernetes Secret that holds the credentials; on ECS, the ARN of the secret in AWS Secrets Manager */
  secretName?: string | null;
  /** Server-side encryption to request when writing events and exports; media uses the bucket's default */
  sse?: "AES256" | "aws:kms" | null;
  /** The KMS key's ARN; without it, S3 uses the account's own key */
  kmsKeyId?: string | null;
  /** After how many days to delete raw events; Langfuse Cloud keeps them for 30 */
  retentionDays?: number | string | null;
  /** Also write the role's trust policy, for this platform */
  trust?: "irsa" | "pod-identity" | "ecs" | null;
  /** The AWS account ID, twelve digits */
  awsAccountId?: string | null;
  /** The cluster's OIDC issuer, without https:// */
  oidcIssuer?: string | null;
  /** The service account that Langfuse's pods run as; the chart names it after the release */
  serviceAccount?: string | null;
  /** The Langfuse release you run; settings that it doesn't support yet are rejected */
  langfuseVersion?: string | null;
  /** The name of the Helm release */
  release?: string | null;
  /** Langfuse's Kubernetes namespace */
  namespace?: string | null;
  /** The Langfuse chart's version */
  chartVersion?: string | null;
  /** Which program parses the .env: they differ in how they handle quotes */
  dialect?: "compose" | "docker" | "node" | null;
  /** Write the .env for one container only, if web and worker need different ones */
  container?: "web" | "worker" | null;
  /** The port on this machine for the store to listen on */
  hostPort?: number | string | null;
}

/** The storage variables as typed values, including Langfuse's defaults. */
export interface StorageEnvironment {
  /** Bucket that holds raw events; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_EVENT_UPLOAD_BUCKET: string;
  /** Prepended literally to every key of raw events, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_EVENT_UPLOAD_PREFIX?: string;
  /** Region that requests for raw events are signed for. The S3 client requires one, even with an endpoint. */
  LANGFUSE_S3_EVENT_UPLOAD_REGION?: string;
  /** URL of the store for raw events, with scheme, without the bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT?: string;
  /** Access key ID for raw events; the account name on Azure. Used only together with the secret, otherwise Langfuse uses the AWS SDK's default credential chain. */
  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID?: string;
  /** Secret access key for raw events; the account key on Azure. Used only together with the key ID. */
  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for raw events. MinIO and SeaweedFS need it. */
  LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption to request when writing raw events. */
  LANGFUSE_S3_EVENT_UPLOAD_SSE?: "AES256" | "aws:kms";
  /** KMS key for raw events; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_EVENT_UPLOAD_SSE_KMS_KEY_ID?: string;
  /** Bucket that holds media; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_MEDIA_UPLOAD_BUCKET?: string;
  /** Prepended literally to every key of media, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_MEDIA_UPLOAD_PREFIX?: string;
  /** Region that requests for media are signed for. The S3 client requires one, even with an endpoint. */
  LANGFUSE_S3_MEDIA_UPLOAD_REGION?: string;
  /** URL of the store for media, with scheme, without the bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT?: string;
  /** Access key ID for media; the account name on Azure. Used only together with the secret, otherwise Langfuse uses the AWS SDK's default credential chain. */
  LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID?: string;
  /** Secret access key for media; the account key on Azure. Used only together with the key ID. */
  LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for media. MinIO and SeaweedFS need it. */
  LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption to request when writing media. */
  LANGFUSE_S3_MEDIA_UPLOAD_SSE?: "AES256" | "aws:kms";
  /** KMS key for media; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_MEDIA_UPLOAD_SSE_KMS_KEY_ID?: string;
  /** Bucket that holds batch exports; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_BATCH_EXPORT_BUCKET?: string;
  /** Prepended literally to every key of batch exports, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_BATCH_EXPORT_PREFIX?: string;
  /** Region that requests for batch exports are signed for. The S3 client requires one, even with an endpoint. */
  LANGFUSE_S3_BATCH_EXPORT_REGION?: string;
  /** URL of the store for batch exports, with scheme, without the bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_BATCH_EXPORT_ENDPOINT?: string;
  /** Access key ID for batch exports; the account name on Azure. Used only together with the secret, otherwise Langfuse uses the AWS SDK's default credential chain. */
  LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID?: string;
  /** Secret access key for batch exports; the account key on Azure. Used only together with the key ID. */
  LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for batch exports. MinIO and SeaweedFS need it. */
  LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption to request when writing batch exports. */
  LANGFUSE_S3_BATCH_EXPORT_SSE?: "AES256" | "aws:kms";
  /** KMS key for batch exports; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_BATCH_EXPORT_SSE_KMS_KEY_ID?: string;
  /** Bucket that holds core data; the container on Azure. Langfuse never creates an S3 bucket. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_BUCKET?: string;
  /** Prepended literally to every key of core data, so it must end in `/`. Empty: the bucket's root. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_PREFIX?: string;
  /** Region that requests for core data are signed for. The S3 client requires one, even with an endpoint. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_REGION?: string;
  /** URL of the store for core data, with scheme, without the bucket. Unset: Amazon S3 in the region. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_ENDPOINT?: string;
  /** Access key ID for core data; the account name on Azure. Used only together with the secret, otherwise Langfuse uses the AWS SDK's default credential chain. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_ACCESS_KEY_ID?: string;
  /** Secret access key for core data; the account key on Azure. Used only together with the key ID. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_SECRET_ACCESS_KEY?: string;
  /** `true` puts the bucket into the path instead of the host name for core data. MinIO and SeaweedFS need it. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_FORCE_PATH_STYLE: boolean;
  /** Server-side encryption to request when writing core data. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_SSE?: "AES256" | "aws:kms";
  /** KMS key for core data; used only with `_SSE=aws:kms`. Unset: the account's `aws/s3` key. */
  LANGFUSE_S3_CORE_DATA_UPLOAD_SSE_KMS_KEY_ID?: string;
  /** Whether the worker runs batch exports. Unless it's `true`, every export requested in the UI fails. */
  LANGFUSE_S3_BATCH_EXPORT_ENABLED: boolean;
  /** URL at which browsers reach the export store: download links are signed for it. On Azure, it includes the container. Only exports have one. */
  LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT?: string;
  /** Whether the worker writes core data (JSON Lines per table) to its bucket. Meant for Langfuse Cloud. */
  LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED: boolean;
  /** Declared, but no code reads it: Langfuse reads LANGFUSE_S3_CORE_DATA_UPLOAD_SSE. */
  LANGFUSE_S3_CORE_DATA_EXPORT_SSE?: "AES256" | "aws:kms";
  /** Declared, but no code reads it: Langfuse reads LANGFUSE_S3_CORE_DATA_UPLOAD_SSE_KMS_KEY_ID. */
  LANGFUSE_S3_CORE_DATA_EXPORT_SSE_KMS_KEY_ID?: string;
  /** `true` stores everything in Azure Blob Storage. Wins over the other engine switches. */
  LANGFUSE_USE_AZURE_BLOB: boolean;
  /** `true` (the default since v3.93.0) doesn't create a missing container; `false` creates it on first use. */
  LANGFUSE_AZURE_SKIP_CONTAINER_CHECK: boolean;
  /** `true` stores everything through Google's own API; endpoint, region, keys, path style and encryption are then ignored. */
  LANGFUSE_USE_GOOGLE_CLOUD_STORAGE: boolean;
  /** Service account key: a JSON document if it begins with `{`, otherwise the path of a file in the container. Unset: the ambient identity, which needs the role Service Account Token Creator on itself to sign URLs. */
  LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS?: string;
  /** Domain of a sovereign Google Cloud; URLs use `storage.<domain>`. */
  GOOGLE_CLOUD_UNIVERSE_DOMAIN: string;
  /** `true` stores everything through Oracle's own API. It reuses bucket, region, endpoint and prefix. */
  LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE: boolean;
  /** How to authenticate with Oracle's API. If the OCI engine is on and this is unset, the first use fails. */
  LANGFUSE_OCI_AUTH_TYPE?: "workload_identity" | "instance_principal" | "resource_principal" | "oci_profile" | "session_token";
  /** Path of the OCI configuration file in the container, for `oci_profile` and `session_token`. */
  LANGFUSE_OCI_CONFIG_FILE?: string;
  /** Profile of the OCI configuration file, for `oci_profile` and `session_token`. */
  LANGFUSE_OCI_CONFIG_PROFILE?: string;
  /** Largest media file in bytes that web signs an upload for. */
  LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH: number;
  /** Lifetime of a media download link in seconds. S3 and Google allow at most 604800. */
  LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS: number;
  /** Maximum sockets of the https agent, also for reads. No effect with an http endpoint. */
  LANGFUSE_S3_CONCURRENT_WRITES: number;
  /** Event files that the worker fetches at once. */
  LANGFUSE_S3_CONCURRENT_READS: number;
  /** Keys to request per listing. Langfuse reads one page, and S3 returns at most 1000. */
  LANGFUSE_S3_LIST_MAX_KEYS: number;
  /** Longest segment of an event key in bytes; longer IDs are truncated and hashed. Use 200 for stores that keep keys as file names. Must be the same in web and worker. */
  LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES: number;
  /** Checksum for multi-object deletes. Unset: CRC32. MinIO before RELEASE.2025-02-03 needs `MD5`. */
  LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM?: "MD5" | "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
  /** `true` uploads large files in buffered parts and retries them; it also enables the next two settings and the part size. */
  LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED: boolean;
  /** Attempts for each part of a buffered upload. */
  LANGFUSE_S3_UPLOAD_MAX_PART_ATTEMPTS: number;
  /** Parts of a buffered upload in flight. */
  LANGFUSE_S3_UPLOAD_MAX_CONCURRENT_PARTS: number;
  /** `true` moves a project to the slow queue after the store answers SlowDown. */
  LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED: boolean;
  /** How long the project stays there, in seconds. */
  LANGFUSE_S3_RATE_ERROR_SLOWDOWN_TTL_SECONDS: number;
  /** Projects whose observations are merged without a listing. The IDs aren't trimmed. */
  LANGFUSE_SKIP_S3_LIST_FOR_OBSERVATIONS_PROJECT_IDS?: string;
  /** Which tables events are written to. With `events_only`, the ingestion API rejects trace, span and generation events; OpenTelemetry, scores and replays still work. `dual` accepts all. Release 3 defaults to `legacy`. */
  LANGFUSE_MIGRATION_V4_WRITE_MODE: "legacy" | "dual" | "events_only";
  /** Whether to log every event file in ClickHouse; retention and deletion need the log. */
  LANGFUSE_ENABLE_BLOB_STORAGE_FILE_LOG: boolean;
  /** Multi-object deletes in flight during cleanup. */
  LANGFUSE_BLOB_STORAGE_DELETE_S3_CONCURRENCY: number;
  /** `true` makes the worker extract media from OTel spans and upload it itself. */
  LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED: boolean;
  /** `true` makes the worker move large observation fields to the media bucket. */
  LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED: boolean;
  /** Size in bytes from which a field counts as large. */
  LANGFUSE_OBSERVATION_FIELD_SIZE_LIMIT_BYTES: number;
  /** Rows that an export reads from the database at once. */
  BATCH_EXPORT_PAGE_SIZE: number;
  /** Maximum rows of an export. */
  BATCH_EXPORT_ROW_LIMIT: number;
  /** Lifetime of an export's stored download link in hours. S3 and Google allow at most 168. */
  BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS: number;
  /** Part size of an export in MiB; used with buffered uploads on S3, and always on Azure and OCI. */
  BATCH_EXPORT_S3_PART_SIZE_MIB: number;
  /** Maximum rows that a batch action processes. */
  BATCH_ACTION_EXPORT_ROW_LIMIT: number;
  /** Whether this worker takes export jobs. */
  QUEUE_CONSUMER_BATCH_EXPORT_QUEUE_IS_ENABLED: boolean;
  /** Whether this worker takes jobs for the projects' own blob storage exports. */
  QUEUE_CONSUMER_BLOB_STORAGE_INTEGRATION_QUEUE_IS_ENABLED: boolean;
  /** Hosts that projects may export to. Setting any of these three lists enables the address check for such endpoints. */
  LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_HOST?: string;
  /** Addresses that projects may export to. */
  LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IPS?: string;
  /** Networks in CIDR notation that projects may export to. */
  LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IP_SEGMENTS?: string;
  /** Hours between two emails about the same failing project export. */
  LANGFUSE_BLOB_STORAGE_FAILURE_NOTIFICATION_COOLDOWN_HOURS: number;
  /** Projects whose own export omits observations and scores. */
  LANGFUSE_BLOB_STORAGE_EXPORT_TRACE_ONLY_PROJECT_IDS?: string;
  /** Media files that one retention run deletes. */
  LANGFUSE_MEDIA_RETENTION_CLEANER_ITEM_LIMIT: number;
  /** Media files that one project deletion run deletes. */
  LANGFUSE_BATCH_PROJECT_MEDIA_CLEANER_BATCH_SIZE: number;
  /** Path in the container of a PEM file with additional certificate authorities, for stores with a private one. Read by Node itself. */
  NODE_EXTRA_CA_CERTS?: string;
}

/** The storage variables of an environment. */
export type StorageInput = { readonly [Name in keyof StorageEnvironment]?: string | number | boolean | undefined };
