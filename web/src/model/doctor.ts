// The doctor's stream: one JSON object a line, from the server that this page came from.
import type { File, Options } from "../core";

/** A step that ended. */
export interface Line {
  what: "step";
  useCase: string;
  step: string;
  outcome: string;
  /** How many steps are over, and of how many. */
  over: number;
  all: number;
}

/** The end: the report as `doctor` prints it. */
export interface Verdict {
  what: "report";
  text: string;
  errors: number;
}

/** Why there is no report. */
export interface Fault {
  what: "fault";
  message: string;
}

export interface Request {
  files: readonly File[];
  options: Options;
  readOnly: boolean;
}

/** Runs the doctor; aborting the signal ends it there too, which then removes what it made. */
export async function* examined(request: Request, signal: AbortSignal): AsyncGenerator<Line | Verdict | Fault> {
  const answer = await fetch("doctor", {
    method: "POST", signal, cache: "no-store", credentials: "same-origin",
    headers: { "content-type": "application/json" }, body: JSON.stringify(request),
  });
  if (!answer.ok || answer.body === null) throw new Error(`doctor: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as Line | Verdict | Fault;
  }
}
