// Every file that the answers can become.
import type { GenerateFormat, Output, Question, Refusal } from "../core";
import { form, isRefusal, mainFormat, ask, type Answers } from "./answers";

/** One format, with what came of it. */
export interface Made {
  format: GenerateFormat;
  /** The file; `null` where answers are missing or the format cannot say what was answered. */
  output: Output | null;
  refusal: Refusal | null;
  /** All that is asked for it. */
  questions: Question[];
  refused: Record<string, Refusal>;
  /** What this format alone asks. */
  own: Question[];
  /** Whether `check` reads it. */
  isChecked: boolean;
}

/** In the order in which they are offered. */
const FORMATS: readonly GenerateFormat[] = [
  "env", "compose", "helm", "k8s", "json", "iam-policy", "cors", "lifecycle", "docker-run", "terraform",
];

/** Those that bring configuration to a deployment, what it reads first, by deployment. */
const LANGFUSE: Readonly<Record<string, readonly GenerateFormat[]>> = {
  raw: ["env", "json"], compose: ["compose", "env"], helm: ["helm"], k8s: ["k8s"],
};

const ALL_OF_LANGFUSE = new Set(Object.values(LANGFUSE).flat());

/** All that is offered. */
export function outputs(answers: Answers): Made[] {
  const own = LANGFUSE[answers["deployment"] ?? "raw"] ?? [];
  const store = FORMATS.filter((f) => !ALL_OF_LANGFUSE.has(f));
  const asked = new Set(ask(mainFormat(answers), answers).questions.filter((q) => q.weight !== "none").map((q) => q.option as string));
  return [...own, ...store].map((format) => make(format, answers, asked));
}

function make(format: GenerateFormat, answers: Answers, elsewhere: ReadonlySet<string>): Made {
  const { questions, refused, outcome } = form(format, answers);
  const refusal = isRefusal(outcome) ? outcome : null;
  const own = questions.filter((q) => q.weight !== "none" && !elsewhere.has(q.option));
  return { format, output: isRefusal(outcome) ? null : outcome, refusal, questions, refused, own, isChecked: ALL_OF_LANGFUSE.has(format) };
}

/** A file by its name. */
export interface Named {
  name: string;
  contents: string;
}

/** A format's file with those that it refers to. */
export const parts = (output: Output): Named[] => [{ name: output.name, contents: output.contents }, ...output.beside];

/** The files that are there, for one archive; of two ways to say the same, the first. */
export function files(made: readonly Made[]): Named[] {
  const first = made.find((m) => m.isChecked && m.output !== null);
  return made.filter((m) => m === first || !m.isChecked).flatMap(({ output }) => (output ? parts(output) : []));
}
