// Answers, and what the core makes of them: which questions apply, which answers count, which are rejected.
import { core, refusal, type GenerateFormat, type Output, type Question, type Refusal } from "../core";

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
  /** The generated file, or why there is none. */
  outcome: Output | Refusal;
}

const known = new Map<GenerateFormat, Map<string, Question>>();

/** Replaces flag names in an error text by the labels that the form uses. */
export function withLabels(text: string, questions: readonly Question[]): string {
  return text.replace(/^--[a-z-]+: /, "").replace(/`?--([a-z-]+)`?/g, (flag, name: string) => {
    const question = questions.find((q) => q.name === name) ?? named(name);
    return question ? `“${question.label}”` : flag;
  });
}

/** A question by its flag name, whether it applies now or not. */
function named(name: string): Question | undefined {
  let all = known.get("env");
  if (!all) {
    all = new Map();
    // Together, these answers bring up every question that an error text may name.
    for (const answers of [
      { provider: "aws", credentials: "role" },
      { provider: "gcs" },
      { provider: "azure" },
      { provider: "r2" },
    ] as const) {
      for (const question of core.questions("env", answers)) all.set(question.name, question);
    }
    known.set("env", all);
  }
  return all.get(name);
}

/** The questions after `answers`, and the answers that count. */
export function ask(format: GenerateFormat, answers: Answers): Omit<Form, "outcome"> {
  const refused: Record<string, Refusal> = {};
  let counting: Record<string, string> = Object.fromEntries(Object.entries(answers).filter(([, text]) => text !== ""));
  for (;;) {
    let questions: Question[];
    try {
      questions = core.questions(format, counting);
    } catch (error) {
      const why = refusal(error);
      const field = why.fields.find((f) => f in counting);
      if (field === undefined) throw error;
      refused[field] = why;
      counting = without(counting, [field]);
      continue;
    }
    const asked = new Set<string>(questions.map((q) => q.option));
    const idle = Object.keys(counting).filter((option) => !asked.has(option));
    if (idle.length === 0) return { questions, counting, refused };
    counting = without(counting, idle);
  }
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

/** Generates a file of `format`, or says why it can't. */
export function write(format: GenerateFormat, counting: Answers): Output | Refusal {
  try {
    return core.generateFile(format, counting);
  } catch (error) {
    const why = refusal(error);
    return (format === "env" && !why.missing && why.fields.length === 0 ? perContainer(counting) : null) ?? why;
  }
}

/** A .env for each container, for answers that one .env can't express. */
function perContainer(counting: Answers): Output | null {
  if (counting["container"] !== undefined) return null;
  try {
    const web = core.generateFile("env", { ...counting, container: "web" });
    const worker = core.generateFile("env", { ...counting, container: "worker" });
    return { ...web, beside: [...web.beside, { name: worker.name, contents: worker.contents }] };
  } catch {
    return null;
  }
}

export function isRefusal(outcome: Output | Refusal): outcome is Refusal {
  return "missing" in outcome;
}

/** The format of the deployment's own configuration. */
export function mainFormat(answers: Answers): GenerateFormat {
  switch (answers["deployment"]) {
    case "compose":
    case "helm":
    case "k8s":
      return answers["deployment"];
    default:
      return "env";
  }
}

/** Answers that are specific to one store: its address, its region, its keys. */
const OF_STORE = [
  "engine",
  "account",
  "region",
  "endpoint",
  "storePublicUrl",
  "credentials",
  "accessKeyId",
  "secretAccessKey",
  "googleCredentials",
];

/** The answers to keep when another store is chosen. */
export const withoutStore = (answers: Answers): Answers => without(answers, OF_STORE);

function without(answers: Answers, options: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(answers).filter(([option]) => !options.includes(option)));
}

/** A random password: 160 bits as 40 hexadecimal digits. */
export function password(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
