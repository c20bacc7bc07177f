// The doctor's stream: JSON Lines from the server of this page.
import type { DoctorEvent, File, Options } from "../core";

/** A finished step. */
export type FinishedStep = Extract<DoctorEvent, { what: "step" }>;

/** The report, which ends the stream. */
export type DoctorResult = Extract<DoctorEvent, { what: "report" }>;

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
