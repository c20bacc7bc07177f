// The full doctor, run by the langfuse-blob that serves this page. Its steps arrive as they finish.
import { useState } from "preact/hooks";
import type { File, Options } from "../core";
import { runDoctor, type Line, type Verdict } from "../model/doctor";
import { texts } from "../texts";
import { Icon } from "../ui/icon";
import { Prose } from "../ui/prose";

const t = texts.doctor;

/** Whether `langfuse-blob wizard` serves this page. */
export const isServed = document.querySelector<HTMLMetaElement>("meta[name=doctor]")?.content === "here";

const ICONS = { pass: "check", warn: "warn", fail: "cross", skipped: "dot" } as const;

type State = {
  lines: readonly Line[];
  over: number;
  all: number;
  verdict: Verdict | null;
  fault: string | null;
  notes: readonly string[];
};
const BLANK: State = { lines: [], over: 0, all: 0, verdict: null, fault: null, notes: [] };

export function Doctor({ files, options }: { files: readonly File[]; options: Options }) {
  const [state, setState] = useState<State>(BLANK);
  const [running, setRunning] = useState<AbortController | null>(null);
  const [readOnly, setReadOnly] = useState(false);

  const run = async () => {
    const stop = new AbortController();
    setRunning(stop);
    setState(BLANK);
    try {
      for await (const event of runDoctor({ files, options, readOnly }, stop.signal)) {
        setState((before) => {
          if (event.what === "step")
            return { ...before, lines: [...before.lines, event], over: event.over, all: event.all };
          if (event.what === "report") return { ...before, verdict: event };
          if (event.what === "note") return { ...before, notes: [...before.notes, event.message] };
          return { ...before, fault: event.message };
        });
      }
    } catch {
      setState((before) => ({ ...before, fault: stop.signal.aborted ? t.cancelled : t.broken }));
    } finally {
      setRunning(null);
    }
  };
  const errors = state.verdict?.report.summary.errors ?? 0;
  // An unreachable store is a warning, and the steps that depend on it are skipped.
  const complete = state.verdict?.report.summary.warnings === 0;
  const useCases = [...new Set(state.lines.map((line) => line.useCase))];
  return (
    <section class="trial" aria-labelledby="doctor-title">
      <h2 id="doctor-title">{t.heading}</h2>
      <p class="lead">{t.lead}</p>
      <p class="row">
        {running === null ? (
          <button type="button" class="primary" disabled={files.length === 0} onClick={() => void run()}>
            {state.lines.length === 0 ? t.run : t.again}
          </button>
        ) : (
          <button type="button" onClick={() => running.abort()}>
            {t.cancel}
          </button>
        )}
        <label class="switch">
          <input
            type="checkbox"
            checked={readOnly}
            disabled={running !== null}
            onChange={(e) => setReadOnly(e.currentTarget.checked)}
          />
          <span>{t.readOnly}</span>
        </label>
        <span class="quiet" aria-live="polite">
          {running === null ? "" : state.all === 0 ? t.starting : t.running(state.over, state.all)}
        </span>
      </p>
      {files.length === 0 && <p class="empty">{texts.trial.reasons.nothing}</p>}
      <div class="results" aria-live="polite">
        {useCases.map((useCase) => (
          <div key={useCase}>
            <h3>{useCase}</h3>
            <ol class="steps close">
              {state.lines
                .filter((line) => line.useCase === useCase)
                .map((line) => (
                  <li key={line.step} data-how={line.outcome}>
                    <Icon name={ICONS[line.outcome]} />
                    <div>
                      <b>{line.step}</b> <span class="outcome">{t.outcomes[line.outcome]}</span>{" "}
                      <span class="quiet">
                        <Prose text={line.asks} />
                      </span>
                    </div>
                  </li>
                ))}
            </ol>
          </div>
        ))}
        {state.notes.map((note) => (
          <p key={note} class="quiet">
            <Prose text={note} />
          </p>
        ))}
        {state.fault !== null && (
          <div class="callout">
            <p>
              <Prose text={state.fault} />
            </p>
          </div>
        )}
        {state.verdict !== null && (
          <>
            {errors === 0 &&
              !state.verdict.report.interrupted &&
              (complete ? (
                <div class="good">
                  <Icon name="check" />
                  <p>
                    <b>{t.healthy}</b>
                  </p>
                </div>
              ) : (
                <div class="callout">
                  <p>
                    <b>{t.partly}</b>
                  </p>
                </div>
              ))}
            {state.verdict.report.interrupted && (
              <div class="callout">
                <p>{t.cancelled}</p>
              </div>
            )}
            {state.verdict.report.diagnostics.length > 0 && (
              <ul class="list">
                {state.verdict.report.diagnostics.map((finding) => (
                  <li
                    key={`${finding.rule} ${finding.useCases.join(" ")}`}
                    class="finding"
                    data-severity={finding.severity}
                    data-rule={finding.rule}
                  >
                    <p class="finding-head">
                      <span class="badge">{texts.repair.severity[finding.severity]}</span>
                      <span class="quiet">{finding.useCases.join(", ")}</span>
                      <code>{finding.rule}</code>
                    </p>
                    <p class="finding-text">
                      <Prose text={finding.message} />
                    </p>
                    <p class="quiet">
                      <Prose text={finding.help} />
                    </p>
                  </li>
                ))}
              </ul>
            )}
            {state.verdict.report.left.map((left) => (
              <div key={left.key} class="callout">
                <p>
                  {t.left(left.kind, left.useCase)} <code>{left.key}</code>: {left.why}
                </p>
              </div>
            ))}
            <details class="more">
              <summary>{t.report}</summary>
              <pre class="code" tabIndex={0} role="region" aria-label={t.report}>
                {state.verdict.text}
              </pre>
            </details>
          </>
        )}
      </div>
    </section>
  );
}
