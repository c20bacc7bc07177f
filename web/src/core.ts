// The package, and its errors as the page uses them.
import * as core from "langfuse-blob";

export type {
  Connection,
  Connections,
  Deployment,
  Diagnostic,
  DoctorEvent,
  File,
  FormatInfo,
  GenerateFormat,
  GeneratedFiles,
  Options,
  Provider,
  Question,
  ReadFormat,
  Report,
} from "langfuse-blob";
export { core };

/** An error of the core. */
export interface Refusal {
  message: string;
  help: string;
  /** The questions that it concerns, by option name. */
  fields: string[];
  /** Whether answers are missing rather than wrong. */
  missing: boolean;
  rule: string | null;
}

/** Converts an error that the core threw. Anything else is a bug in the page and is thrown again. */
export function refusal(error: unknown): Refusal {
  if (!(error instanceof core.LangfuseBlobError)) throw error;
  return {
    message: error.message,
    help: error.help ?? "",
    fields: error.fields,
    missing: error.code === "missing-answer",
    rule: error.rule,
  };
}
