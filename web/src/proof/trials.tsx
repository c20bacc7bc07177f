// The test from this browser, and the doctor if `langfuse-blob wizard` serves this page.
import { useMemo, useRef, useState } from "preact/hooks";
import { core, type Connection, type Connections, type File, type Options } from "../core";
import { isMixed, runTrial, snippet, testKey, uploadLink, type Outcome, type Step, type Trial } from "../model/trial";
import { texts } from "../texts";
import { Code } from "../ui/code";
import { useExplanation } from "../ui/explanation";
import { Icon } from "../ui/icon";
import { ExplainPage, Prose } from "../ui/prose";
import { Doctor, isServed } from "./doctor";

const t = texts.trial;

export interface TrialsProps {
  files: readonly File[];
  options: Options;
  /** Langfuse's own URL, if known. */
  publicUrl: string | null;
}

export function Trials({ files, options, publicUrl }: TrialsProps) {
  const found = useMemo(() => core.connections({ files }, options), [files, options]);
  const reason = reasonOf(found);
  return (
    <>
      {isServed && <Doctor files={files} options={options} />}
      <section class="trial" aria-labelledby="trial-title">
        <h2 id="trial-title">{t.heading}</h2>
        <p class="lead">{t.lead}</p>
        {reason === null ? (
          <Bucket connections={found.connections} publicUrl={publicUrl} />
        ) : (
          <div class="empty">
            <p>{t.reasons[reason]}</p>
            {reason !== "nothing" && (
              <p>
                <Prose text={t.otherwise} />
              </p>
            )}
          </div>
        )}
      </section>
    </>
  );
}

/** Why nothing can be tested; `null` if something can. */
function reasonOf({ connections, unconnected }: Connections): keyof typeof t.reasons | null {
  if (connections.length > 0) return null;
  if (unconnected.length === 0) return "nothing";
  return unconnected.some((u) => u.reason === "engine") ? "engine" : "incomplete";
}

const STEPS: readonly Step[] = ["put", "get", "delete"];

function Bucket({ connections: all, publicUrl }: { connections: readonly Connection[]; publicUrl: string | null }) {
  const [which, choose] = useState(0);
  const connection = all[Math.min(which, all.length - 1)]!;
  const [trial, setTrial] = useState<Trial | null>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const [pasteable, setPasteable] = useState<string | null>(null);
  const origin = useMemo(() => originOf(connection), [connection]);
  const results = useRef<HTMLDivElement>(null);
  const mixed = origin !== null && isMixed(origin);

  const run = async () => {
    const stop = new AbortController();
    setRunning(stop);
    setTrial(null);
    try {
      setTrial(await runTrial(connection, testKey(connection), stop.signal, setTrial));
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      setRunning(null);
    }
  };
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{t.useCase}</dt>
          <dd>
            {all.length > 1 ? (
              <select
                aria-label={t.useCase}
                value={which}
                onChange={(e) => {
                  choose(Number(e.currentTarget.value));
                  setTrial(null);
                  setPasteable(null);
                }}
              >
                {all.map((c, at) => (
                  <option key={c.useCase} value={at}>
                    {c.useCase}: {c.bucket}
                  </option>
                ))}
              </select>
            ) : (
              <>
                {connection.useCase}: <code>{connection.bucket}</code>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t.target}</dt>
          <dd>
            <code>{origin ?? "?"}</code>
          </dd>
        </div>
        <div>
          <dt>{t.origin}</dt>
          <dd>
            <code>{location.origin}</code>
          </dd>
        </div>
      </dl>
      {mixed ? (
        <div class="callout">
          <p>
            <Prose text={t.mixed(origin)} />
          </p>
        </div>
      ) : (
        <p class="row">
          {running === null ? (
            <button type="button" class="primary" onClick={() => void run()}>
              {trial === null ? t.run : t.again}
            </button>
          ) : (
            <button type="button" onClick={() => running.abort()}>
              {t.stop}
            </button>
          )}
        </p>
      )}
      <div ref={results} class="results" aria-live="polite">
        {trial !== null && <Results trial={trial} running={running !== null} />}
      </div>
      <details
        class="more"
        onToggle={(e) => {
          if (e.currentTarget.open && pasteable === null) setPasteable(snippet(connection, testKey(connection)));
        }}
      >
        <summary>{t.langfuse}</summary>
        <div>
          <p>
            <Prose text={t.langfuseLead(publicUrl === null ? t.langfuseUnknown : `\`${new URL(publicUrl).origin}\``)} />
          </p>
          {pasteable !== null && <Code text={pasteable} label={t.langfuse} />}
          <p class="quiet">
            {t.snippetLife} {t.corsFile}
          </p>
        </div>
      </details>
    </>
  );
}

function originOf(connection: Connection): string | null {
  try {
    return new URL(uploadLink(connection, "k").url).origin;
  } catch {
    return null;
  }
}

function Results({ trial, running }: { trial: Trial; running: boolean }) {
  const { put, delete: removed } = trial.steps;
  const left = put?.how === "done" && removed?.how !== "done" && !running;
  const unsure = put?.how === "opaque" && put.reachable;
  return (
    <>
      <p>
        {t.object}: <code>{trial.key}</code>
      </p>
      <ol class="steps">
        {STEPS.map((step) => {
          const outcome = trial.steps[step];
          return (
            <li key={step} data-how={how(step, outcome)}>
              <Icon
                name={
                  outcome === undefined
                    ? "dot"
                    : outcome.how === "done"
                      ? "check"
                      : step === "delete"
                        ? "warn"
                        : "cross"
                }
              />
              <div>
                <b>{t.steps[step]}</b> <OutcomeText step={step} outcome={outcome} trial={trial} running={running} />
              </div>
            </li>
          );
        })}
      </ol>
      {removed?.how === "done" && <p>{t.removed(trial.key)}</p>}
      {left && (
        <p>
          {t.remains(trial.key)} <code>langfuse-blob rm {trial.key}</code>
        </p>
      )}
      {unsure && (
        <p>
          {t.mayRemain(trial.key)} <code>langfuse-blob rm {trial.key}</code>
        </p>
      )}
    </>
  );
}

function how(step: Step, outcome: Outcome | undefined): string {
  if (outcome === undefined) return "waiting";
  return outcome.how === "done" ? "done" : step === "delete" ? "warn" : "failed";
}

function OutcomeText({
  step,
  outcome,
  trial,
  running,
}: {
  step: Step;
  outcome: Outcome | undefined;
  trial: Trial;
  running: boolean;
}) {
  if (outcome === undefined) return <span class="quiet">{running ? "" : t.skipped}</span>;
  switch (outcome.how) {
    case "done":
      return <span>{t.done[step]}</span>;
    case "differs":
      return <span>{t.differs}</span>;
    case "opaque":
      if (!outcome.reachable) return <span>{t.unreachable(trial.origin)}</span>;
      return <span>{step === "delete" ? t.corsRemove : t.cors(location.origin)}</span>;
    case "refused":
      return (
        <>
          <span>
            {t.refused(outcome.status, outcome.code)} {outcome.message}
          </span>
          {outcome.code !== null && <CodePage code={outcome.code} />}
        </>
      );
  }
}

/** The core's page on an error code. */
function CodePage({ code }: { code: string }) {
  const page = useExplanation(code);
  if (page === null) return null;
  return (
    <details class="more">
      <summary>{texts.repair.page(code)}</summary>
      <ExplainPage text={page} />
    </details>
  );
}
