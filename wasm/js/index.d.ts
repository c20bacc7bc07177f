// The package's functions. types.d.ts is generated from Rust.
import type {
  ApplyFixesOptions,
  Code,
  Connections,
  Deployment,
  EventObjects,
  EventsRequest,
  ExportFormat,
  Field,
  File,
  FormatInfo,
  GenerateFormat,
  GenerateOptions,
  GeneratedFiles,
  Input,
  MediaObject,
  MediaRequest,
  Options,
  Output,
  PresignRequest,
  Provider,
  Questions,
  Report,
  ReportFormat,
  Resolved,
  SignRequest,
  StandardSchema,
  StorageEnvironment,
  StorageInput,
  Unknown,
} from "./types.js";
export type * from "./types.js";

/** Checks a configuration: what's wrong, where, what it breaks, and how to fix it. */
export function check(input: Input, options?: Options): Report;

/** What each container receives, including secrets; `containers` is null if its own reader would reject a file. */
export function resolve(input: Input, options?: Options): Resolved;

/** Formats a report as the command does. To quote lines, a report from another process needs its files. */
export function render(report: Report, format: ReportFormat, files?: readonly File[]): string;

/** Applies the safe fixes of a report, with `unsafe` also the unsafe ones. Returns all files, changed or not. */
export function applyFixes(files: readonly File[], report: Report, options?: ApplyFixesOptions): File[];

/**
 * The page on a rule, variable, error code or guide; without an argument, the list of topics. In browsers, await
 * `loadExplanations()` first.
 */
export function explain(id?: string): string;

/** Loads the texts that `explain` returns, in browsers. In Node there's nothing to wait for. */
export function loadExplanations(): Promise<void>;

/** A JSON Schema (2020-12) for an environment. */
export function schema(): Record<string, unknown>;

/** Generates configuration, or permissions and rules for the store. Throws if `check` would find fault with it. */
export function generate(format: GenerateFormat, options?: GenerateOptions): string;

/** Like `generate`, with the file's name and notes. */
export function generateFile(format: GenerateFormat, options?: GenerateOptions): Output;

/** Like `generateFile`, with all files of the format: a .env for each container if one for both can't do. */
export function generateFiles(format: GenerateFormat, options?: GenerateOptions): GeneratedFiles;

/** A random password for a store, as `generate` makes it for one that it starts. */
export function generatePassword(): string;

/** The formats for a deployment method: those that configure Langfuse, the main one first, then those for the store. */
export function formats(deployment?: Deployment): FormatInfo[];

/** All fields that `generate` has questions for, whether they apply or not. */
export function fields(): Field[];

/** The questions for a format after the answers so far, in order, and which answers are valid. */
export function questions(format: GenerateFormat, options?: GenerateOptions): Questions;

/** The answers that would generate a configuration, as far as the questions cover it. Includes secrets. */
export function recall(input: Input, options?: Options): Record<string, string>;

/** Where browsers reach each bucket: what `presign` needs to make Langfuse's presigned URLs. Includes secrets. */
export function connections(input: Input, options?: Options): Connections;

/** A usual name for a file with this content, under which it's read as what it looks like. */
export function fileName(text: string): string;

/** All providers, and the answers that each of them needs. */
export function providers(): Provider[];

/** A presigned URL, byte for byte as the AWS SDK for JavaScript makes it. */
export function presign(request: PresignRequest): string;

/** The headers that sign a request with Signature Version 4. */
export function sign(request: SignRequest): Record<string, string>;

/** The objects in which Langfuse stores ingestion events. */
export function eventObjects(events: readonly unknown[], options: EventsRequest): EventObjects;

/** The ID and object key that Langfuse gives a media file. */
export function mediaObject(medium: MediaRequest): MediaObject;

/** The export file that Langfuse writes for these rows. */
export function exportFile(rows: readonly object[], format: ExportFormat): string;

/** Validates an environment. Returns typed values; its issues are the errors of `check`. */
export const storageEnv: StandardSchema<StorageInput, StorageEnvironment>;

/** A schema for each variable, as Langfuse's own schema declares it. */
export const storageVariables: {
  readonly [Name in keyof StorageEnvironment]-?: StandardSchema<string | undefined, StorageEnvironment[Name]>;
};

/** The value of a variable that is set, but unknown here: it counts as present, and rules about values skip it. */
export const unknown: Unknown;

/** Why a call failed. */
export class LangfuseBlobError extends Error {
  readonly code: Code;
  /** What to do. */
  readonly help: string | null;
  /** The options that it concerns. */
  readonly fields: string[];
  /** The rule of `check` behind it. */
  readonly rule: string | null;
}
