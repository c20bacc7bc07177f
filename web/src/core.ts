// The package, and what the page needs to know of its refusals.
import * as core from "langfuse-blob";

export type { Diagnostic, File, GenerateFormat, Options, Output, Provider, Question, ReadFormat, Report, UseCase, Value } from "langfuse-blob";
export { core };

/** Why the core refused, in the form's words. */
export interface Refusal {
  message: string;
  help: string;
  /** The questions that it is about, as options call them. */
  fields: string[];
  /** Whether answers are missing, rather than wrong. */
  missing: boolean;
  rule: string | null;
}

/** What the core threw; anything else is a fault of the page and goes on. */
export function refusal(error: unknown): Refusal {
  if (!(error instanceof core.LangfuseBlobError)) throw error;
  return {
    message: error.message, help: error.help ?? "", fields: error.fields, missing: error.code === "missing-answer", rule: error.rule,
  };
}
