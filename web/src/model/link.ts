// The state of the form as the fragment of an address, which browsers never send. No secret goes into it.
import { core, type GenerateFormat } from "../core";
import { ask, type Answers } from "./answers";

/** Half of a pair, and the field into which the other half is pasted by mistake. */
const PRIVATE = new Set(["accessKeyId"]);

/** What may stand in a link: answers that count, none of them a secret. */
export function shareable(format: GenerateFormat, answers: Answers): Answers {
  const { questions, counting } = ask(format, answers);
  const open = questions.filter((q) => q.kind !== "secret" && !PRIVATE.has(q.option)).map((q) => q.option);
  return Object.fromEntries(open.flatMap((option) => (counting[option] === undefined ? [] : [[option, counting[option]]])));
}

export function encode(answers: Answers): string {
  const query = new URLSearchParams(answers as Record<string, string>);
  return `#setup?${query}`;
}

/** The answers of a link; whatever else stands there is passed over. */
export function decode(fragment: string): Answers | null {
  const [where, query] = fragment.replace(/^#/, "").split("?", 2);
  if (where !== "setup" || query === undefined) return null;
  const out: Record<string, string> = {};
  for (const [option, text] of new URLSearchParams(query)) {
    if (PRIVATE.has(option)) continue;
    try {
      // A link from elsewhere must not bring in what one from here cannot hold.
      core.questions("env", { [option]: text });
      out[option] = text;
    } catch {
      continue;
    }
  }
  const secret = new Set<string>(core.questions("env", out).filter((q) => q.kind === "secret").map((q) => q.option));
  return Object.fromEntries(Object.entries(out).filter(([option]) => !secret.has(option)));
}
