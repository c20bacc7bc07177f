// The state of the form as a URL fragment, which browsers never send. It contains no credentials.
import { core, type GenerateFormat } from "../core";
import { ask, type Answers } from "./answers";

/** The answers that may go into a link: those that count, without credentials. */
export function shareable(format: GenerateFormat, answers: Answers): Answers {
  const { questions, counting } = ask(format, answers);
  const open = questions.filter((q) => !q.sensitive).map((q) => q.option);
  return Object.fromEntries(
    open.flatMap((option) => (counting[option] === undefined ? [] : [[option, counting[option]]])),
  );
}

export function encode(answers: Answers): string {
  const query = new URLSearchParams(answers as Record<string, string>);
  return `#setup?${query}`;
}

/** The answers in a link; anything else in it is ignored. */
export function decode(fragment: string): Answers | null {
  const [where, query] = fragment.replace(/^#/, "").split("?", 2);
  if (where !== "setup" || query === undefined) return null;
  // A crafted link must not bring in what our own links never contain.
  const sensitive = new Set<string>(
    core
      .fields()
      .filter((f) => f.sensitive)
      .map((f) => f.option),
  );
  const linked = [...new URLSearchParams(query)].filter(([option]) => !sensitive.has(option));
  return core.questions("env", Object.fromEntries(linked)).accepted;
}
