// The package's functions. Their types come from Rust: types.d.ts is generated.
import type {
  ApplyFixesOptions, Code, EventObjects, EventsRequest, ExportFormat, File, GenerateFormat, GenerateOptions, Input, MediaObject, MediaRequest, Options,
  Output, PresignRequest, Provider, Question, Report, ReportFormat, Resolved, SignRequest, StandardSchema, StorageEnvironment, StorageInput, Unknown,
} from "./types.js";
export type * from "./types.js";

/** Says what is wrong with a configuration, where, with what consequence and how to fix it. */
export function check(input: Input, options?: Options): Report;

/** What each container receives, values and all; `containers` is null where a text is one that its own reader refuses. */
export function resolve(input: Input, options?: Options): Resolved;

/** Prints a report as the command does. A report of this process knows its lines; another one needs its files for them. */
export function render(report: Report, format: ReportFormat, files?: readonly File[]): string;

/** The files after the safe fixes of a report, changed or not; with `unsafe` also after the likely ones. */
export function applyFixes(files: readonly File[], report: Report, options?: ApplyFixesOptions): File[];

/** The page on a rule, a variable, an error code or a guide; without an argument, the list of them. */
export function explain(id?: string): string;

/** The JSON Schema (2020-12) of an environment. */
export function schema(): Record<string, unknown>;

/** Correct configuration, or rights and rules for the store; throws where `check` would find fault with it. */
export function generate(format: GenerateFormat, options?: GenerateOptions): string;

/** As `generate`, with the file's name and what is to be said about it. */
export function generateFile(format: GenerateFormat, options?: GenerateOptions): Output;

/** What can be asked for a format after the answers so far, in order. */
export function questions(format: GenerateFormat, options?: GenerateOptions): Question[];

/** The answers that would make a configuration, as far as the questions reach; its secrets are among them. */
export function recall(input: Input, options?: Options): Record<string, string>;

/** Every store, with what a configuration for it has to be told. */
export function providers(): Provider[];

/** A link that works without credentials, byte for byte as the AWS SDK for JavaScript makes it. */
export function presign(request: PresignRequest): string;

/** The headers that sign a request, Signature Version 4, by name. */
export function sign(request: SignRequest): Record<string, string>;

/** The objects that Langfuse makes of ingestion events. */
export function eventObjects(events: readonly unknown[], options: EventsRequest): EventObjects;

/** What Langfuse calls a medium. */
export function mediaObject(medium: MediaRequest): MediaObject;

/** The export file that Langfuse makes of rows. */
export function exportFile(rows: readonly object[], format: ExportFormat): string;

/** A whole environment: yields every variable as its type; its issues are the errors of `check`. */
export const storageEnv: StandardSchema<StorageInput, StorageEnvironment>;

/** One schema a variable, as Langfuse's own declares it. */
export const storageVariables: { readonly [Name in keyof StorageEnvironment]-?: StandardSchema<string | undefined, StorageEnvironment[Name]> };

/** A variable that is set, to a value that is not known here: rules about presence count it, rules about values skip it. */
export const unknown: Unknown;

/** Why a call was refused. */
export class LangfuseBlobError extends Error {
  readonly code: Code;
  /** What to do. */
  readonly help: string | null;
  /** The options in question. */
  readonly fields: string[];
  /** The rule of `check` that stands behind it. */
  readonly rule: string | null;
}
