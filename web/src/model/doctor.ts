// The doctor's stream: JSON Lines from the server of this page.
import type { Diagnostic, File, Options } from "../core";

/** A finished step. */
export interface Line {
  what: "step";
  useCase: string;
  step: string;
  /** What the step tests. */
  asks: string;
  outcome: "pass" | "warn" | "fail" | "skipped";
  /** How many steps are finished, and how many there are. */
  over: number;
  all: number;
}

/** The report, which ends the stream. */
export interface Verdict {
  what: "report";
  report: {
    interrupted: boolean;
    left: readonly { useCase: string; kind: string; key: string; why: string }[];
    diagnostics: readonly Finding[];
    summary: { errors: number; warnings: number; hints: number };
  };
  /** The report as `langfuse-blob doctor` prints it. */
  text: string;
}

/** A diagnostic of the doctor. Its rules are the names of causes. */
export type Finding = Omit<Diagnostic, "rule"> & { rule: string };

/** A note before the first step. */
export interface Note {
  what: "note";
  message: string;
}

/** Why there is no report. */
export interface Fault {
  what: "fault";
  message: string;
}

export type DoctorEvent = Line | Verdict | Note | Fault;

export interface Request {
  files: readonly File[];
  options: Options;
  readOnly: boolean;
}

/** Runs the doctor. Aborting the signal also stops it on the server, which then removes its test objects. */
export async function* runDoctor(request: Request, signal: AbortSignal): AsyncGenerator<DoctorEvent> {
  const answer = await fetch("doctor", {
    method: "POST",
    signal,
    cache: "no-store",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!answer.ok || answer.body === null) throw new Error(`doctor: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as DoctorEvent;
  }
}
