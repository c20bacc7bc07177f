// The full doctor, run by the langfuse-blob that serves this page. Its steps arrive as they finish.
import { useState } from "preact/hooks";
import type { File, Options } from "../core";
import { runDoctor, type DoctorResult, type FinishedStep } from "../model/doctor";
import { texts } from "../texts";
import { Icon } from "../ui/icon";
import { Prose } from "../ui/prose";

const t = texts.doctor;

/** Whether `langfuse-blob wizard` serves this page. */
export const isServed = document.querySelector<HTMLMetaElement>("meta[name=doctor]")?.content === "here";

const ICONS = { pass: "check", warn: "warn", fail: "cross", skipped: "dot" } as const;

type State = {
  steps: readonly FinishedStep[];
  over: number;
  all: number;
  result: DoctorResult | null;
  fault: string | null;
  notes: readonly string[];
};
const BLANK: State = { steps: [], over: 0, all: 0, result: null, fault: null, notes: [] };

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
            return { ...before, steps: [...before.steps, event], over: event.over, all: event.all };
          if (event.what === "report") return { ...before, result: event };
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
  const errors = state.result?.report.summary.errors ?? 0;
  // An unreachable store is a warning, and the steps that depend on it are skipped.
  const complete = state.result?.report.summary.warnings === 0;
  const useCases = [...new Set(state.steps.map((step) => step.useCase))];
  return (
    <section class="trial" aria-labelledby="doctor-title">
      <h2 id="doctor-title">{t.heading}</h2>
      <p class="lead">{t.lead}</p>
      <p class="row">
        {running === null ? (
          <button type="button" class="primary" disabled={files.length === 0} onClick={() => void run()}>
            {state.steps.length === 0 ? t.run : t.again}
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
              {state.steps
                .filter((step) => step.useCase === useCase)
                .map((step) => (
                  <li key={step.step} data-how={step.outcome}>
                    <Icon name={ICONS[step.outcome]} />
                    <div>
                      <b>{step.step}</b> <span class="outcome">{t.outcomes[step.outcome]}</span>{" "}
                      <span class="quiet">
                        <Prose text={step.asks} />
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
        {state.result !== null && (
          <>
            {errors === 0 &&
              !state.result.report.interrupted &&
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
            {state.result.report.interrupted && (
              <div class="callout">
                <p>{t.cancelled}</p>
              </div>
            )}
            {state.result.report.diagnostics.length > 0 && (
              <ul class="list">
                {state.result.report.diagnostics.map((finding) => (
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
            {state.result.report.left.map((left) => (
              <div key={left.key} class="callout">
                <p>
                  {t.left(left.kind, left.useCase)} <code>{left.key}</code>: {left.why}
                </p>
              </div>
            ))}
            <details class="more">
              <summary>{t.report}</summary>
              <pre class="code" tabIndex={0} role="region" aria-label={t.report}>
                {state.result.text}
              </pre>
            </details>
          </>
        )}
      </div>
    </section>
  );
}
