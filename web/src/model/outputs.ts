// The files generated from the answers.
import type { File, FormatInfo, GenerateFormat, GeneratedFiles, Question, Refusal } from "../core";
import { ask, form, formats, isRefusal, mainFormat, type Answers } from "./answers";

/** One format and its result. */
export interface Made {
  format: GenerateFormat;
  /** The files; `null` if answers are missing or the format can't express them. */
  output: GeneratedFiles | null;
  refusal: Refusal | null;
  /** All questions for this format. */
  questions: Question[];
  refused: Record<string, Refusal>;
  /** The questions that only this format has. */
  own: Question[];
  /** Whether it configures Langfuse, rather than the store. */
  configuresLangfuse: boolean;
}

/** All formats for these answers. */
export function outputs(answers: Answers): Made[] {
  const asked = new Set(
    ask(mainFormat(answers), answers)
      .questions.filter((q) => q.weight !== "none")
      .map((q) => q.option as string),
  );
  return formats(answers).map((info) => make(info, answers, asked));
}

function make({ format, configuresLangfuse }: FormatInfo, answers: Answers, elsewhere: ReadonlySet<string>): Made {
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
    configuresLangfuse,
  };
}

/** The generated files, for one archive. If several formats configure Langfuse, only the first. */
export function files(made: readonly Made[]): File[] {
  const first = made.find((m) => m.configuresLangfuse && m.output !== null);
  return made.filter((m) => m === first || !m.configuresLangfuse).flatMap(({ output }) => output?.files ?? []);
}
