// The state of the form as a URL fragment, which browsers never send. It contains no credentials.
import { core, type GenerateFormat } from "../core";
import { ask, type Answers } from "./answers";

/** Not a secret, but people paste the secret key into this field by mistake. */
const PRIVATE = new Set(["accessKeyId"]);

/** The answers that may go into a link: those that count, without credentials. */
export function shareable(format: GenerateFormat, answers: Answers): Answers {
  const { questions, counting } = ask(format, answers);
  const open = questions.filter((q) => q.kind !== "secret" && !PRIVATE.has(q.option)).map((q) => q.option);
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
  const out: Record<string, string> = {};
  for (const [option, text] of new URLSearchParams(query)) {
    if (PRIVATE.has(option)) continue;
    try {
      // A crafted link must not bring in what our own links never contain.
      core.questions("env", { [option]: text });
      out[option] = text;
    } catch {}
  }
  const secret = new Set<string>(
    core
      .questions("env", out)
      .filter((q) => q.kind === "secret")
      .map((q) => q.option),
  );
  return Object.fromEntries(Object.entries(out).filter(([option]) => !secret.has(option)));
}
