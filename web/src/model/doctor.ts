// The doctor's stream: one JSON object a line, from the server that this page came from.
import type { Diagnostic, File, Options } from "../core";

/** A step that ended. */
export interface Line {
  what: "step";
  useCase: string;
  step: string;
  /** What it asks, in a phrase. */
  asks: string;
  outcome: "pass" | "warn" | "fail" | "skipped";
  /** How many steps are over, and of how many. */
  over: number;
  all: number;
}

/** The end. */
export interface Verdict {
  what: "report";
  report: {
    interrupted: boolean;
    left: readonly { useCase: string; kind: string; key: string; why: string }[];
    diagnostics: readonly Finding[];
    summary: { errors: number; warnings: number; hints: number };
  };
  /** The same as `doctor` prints it. */
  text: string;
}

/** A diagnostic of the doctor: its rules are names of causes. */
export type Finding = Omit<Diagnostic, "rule"> & { rule: string };

/** Something to know beforehand. */
export interface Note {
  what: "note";
  message: string;
}

/** Why there is no report. */
export interface Fault {
  what: "fault";
  message: string;
}

export type News = Line | Verdict | Note | Fault;

export interface Request {
  files: readonly File[];
  options: Options;
  readOnly: boolean;
}

/** Runs the doctor; aborting the signal ends it there too, which then removes what it made. */
export async function* examined(request: Request, signal: AbortSignal): AsyncGenerator<News> {
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
    for (const line of lines) if (line !== "") yield JSON.parse(line) as News;
  }
}
