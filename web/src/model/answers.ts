// Answers, and what the core makes of them: which questions apply, which answers count, which are rejected.
import {
  core,
  refusal,
  type Deployment,
  type FormatInfo,
  type GenerateFormat,
  type GeneratedFiles,
  type Question,
  type Refusal,
} from "../core";

/** By option name. An empty string means unanswered. */
export type Answers = Readonly<Record<string, string>>;

/** The state of the form. */
export interface Form {
  /** The questions that apply after the answers so far, in the core's order. */
  questions: Question[];
  /** The answers that count: valid, and to questions that apply. */
  counting: Answers;
  /** Why an answer is invalid, by option name. */
  refused: Record<string, Refusal>;
  /** The generated files, or why there are none. */
  outcome: GeneratedFiles | Refusal;
}

const FIELDS = core.fields();

/** Replaces flag names in an error text by the labels that the form uses. */
export function withLabels(text: string): string {
  return text.replace(/^--[a-z-]+: /, "").replace(/`?--([a-z-]+)`?/g, (flag, name: string) => {
    const field = FIELDS.find((f) => f.name === name);
    return field ? `“${field.label}”` : flag;
  });
}

/** The questions after `answers`, and the answers that count. */
export function ask(format: GenerateFormat, answers: Answers): Omit<Form, "outcome"> {
  const given = Object.fromEntries(Object.entries(answers).filter(([, text]) => text !== ""));
  const { questions, accepted, rejected } = core.questions(format, given);
  const refused = rejected.map(({ option, message, help }): [string, Refusal] => [
    option,
    { message, help, fields: [option], missing: false, rule: null },
  ]);
  return { questions, counting: accepted, refused: Object.fromEntries(refused) };
}

/** The whole form. */
export function form(format: GenerateFormat, answers: Answers): Form {
  const asked = ask(format, answers);
  const outcome = write(format, asked.counting);
  if (isRefusal(outcome) && !outcome.missing) {
    const [field] = outcome.fields;
    if (field !== undefined && !(field in asked.refused)) asked.refused[field] = outcome;
  }
  return { ...asked, outcome };
}

/** Generates the files of `format`, or says why it can't. */
function write(format: GenerateFormat, counting: Answers): GeneratedFiles | Refusal {
  try {
    return core.generateFiles(format, counting);
  } catch (error) {
    return refusal(error);
  }
}

export function isRefusal(outcome: GeneratedFiles | Refusal): outcome is Refusal {
  return "missing" in outcome;
}

/** The formats for the chosen deployment method. */
export function formats(answers: Answers): FormatInfo[] {
  return core.formats((answers["deployment"] || "raw") as Deployment);
}

/** The format of the deployment's own configuration. */
export const mainFormat = (answers: Answers): GenerateFormat => formats(answers)[0]!.format;

/** The answers to keep when another store is chosen. */
export function withoutStore(answers: Answers): Answers {
  const ofStore = new Set<string>(FIELDS.filter((f) => f.ofStore).map((f) => f.option));
  return Object.fromEntries(Object.entries(answers).filter(([option]) => !ofStore.has(option)));
}
