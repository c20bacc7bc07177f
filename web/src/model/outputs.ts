// The files generated from the answers.
import type { GenerateFormat, Output, Question, Refusal } from "../core";
import { form, isRefusal, mainFormat, ask, type Answers } from "./answers";

/** One format and its result. */
export interface Made {
  format: GenerateFormat;
  /** The file; `null` if answers are missing or the format can't express them. */
  output: Output | null;
  refusal: Refusal | null;
  /** All questions for this format. */
  questions: Question[];
  refused: Record<string, Refusal>;
  /** The questions that only this format has. */
  own: Question[];
  /** Whether `check` reads it. */
  isChecked: boolean;
}

/** In display order. */
const FORMATS: readonly GenerateFormat[] = [
  "env",
  "compose",
  "helm",
  "k8s",
  "json",
  "iam-policy",
  "cors",
  "lifecycle",
  "docker-run",
  "terraform",
];

/** The formats that configure a deployment, by deployment method. The main one comes first. */
const LANGFUSE: Readonly<Record<string, readonly GenerateFormat[]>> = {
  raw: ["env", "json"],
  compose: ["compose", "env"],
  helm: ["helm"],
  k8s: ["k8s"],
};

const ALL_OF_LANGFUSE = new Set(Object.values(LANGFUSE).flat());

/** All formats for these answers. */
export function outputs(answers: Answers): Made[] {
  const own = LANGFUSE[answers["deployment"] ?? "raw"] ?? [];
  const store = FORMATS.filter((f) => !ALL_OF_LANGFUSE.has(f));
  const asked = new Set(
    ask(mainFormat(answers), answers)
      .questions.filter((q) => q.weight !== "none")
      .map((q) => q.option as string),
  );
  return [...own, ...store].map((format) => make(format, answers, asked));
}

function make(format: GenerateFormat, answers: Answers, elsewhere: ReadonlySet<string>): Made {
  const { questions, refused, outcome } = form(format, answers);
  const refusal = isRefusal(outcome) ? outcome : null;
  const own = questions.filter((q) => q.weight !== "none" && !elsewhere.has(q.option));
  return {
    format,
    output: isRefusal(outcome) ? null : outcome,
    refusal,
    questions,
    refused,
    own,
    isChecked: ALL_OF_LANGFUSE.has(format),
  };
}

/** A named file. */
export interface Named {
  name: string;
  contents: string;
}

/** A format's file and the files that come with it. */
export const parts = (output: Output): Named[] => [{ name: output.name, contents: output.contents }, ...output.beside];

/** The generated files, for one archive. If several formats configure Langfuse, only the first. */
export function files(made: readonly Made[]): Named[] {
  const first = made.find((m) => m.isChecked && m.output !== null);
  return made.filter((m) => m === first || !m.isChecked).flatMap(({ output }) => (output ? parts(output) : []));
}
