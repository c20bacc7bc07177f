// The setup view: a step for each section of questions, then the files, then the tests.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { core, type File, type Question } from "../core";
import { form, isRefusal, mainFormat, withoutStore, type Answers, type Form } from "../model/answers";
import { Complaint, Field } from "../ui/field";
import { Icon } from "../ui/icon";
import { Prose } from "../ui/prose";
import { Trials } from "../proof/trials";
import { texts } from "../texts";
import { Outputs } from "./outputs";

const t = texts.wizard;

export interface SetupProps {
  answers: Answers;
  setAnswers(answers: Answers): void;
  /** The files that the form was filled in from, if any. */
  pasted: readonly File[];
  notice: string | null;
}

interface Step {
  name: string;
  questions: Question[];
}

/** The sections with questions that apply, in the core's order. */
function sections({ questions }: Form): Step[] {
  const out: Step[] = [];
  for (const question of questions) {
    if (question.weight === "none") continue;
    const last = out.find((s) => s.name === question.section);
    if (last) last.questions.push(question);
    else out.push({ name: question.section, questions: [question] });
  }
  return out;
}

export function Setup({ answers, setAnswers, pasted, notice }: SetupProps) {
  const format = mainFormat(answers);
  const now = useMemo(() => form(format, answers), [format, answers]);
  const steps = useMemo(() => sections(now), [now]);
  const [at, setAt] = useState(0);
  const [strict, setStrict] = useState<ReadonlySet<string>>(new Set());
  const heading = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);

  const names = [...steps.map((s) => s.name), t.files, t.trial];
  const here = Math.min(at, names.length - 1);
  const go = (to: number) => {
    const left = steps[here];
    if (left) setStrict(new Set([...strict, left.name]));
    // The files step reports every missing answer.
    if (to >= steps.length) setStrict(new Set(steps.map((s) => s.name)));
    moved.current = true;
    setAt(to);
  };
  useLayoutEffect(() => {
    if (!moved.current) return;
    heading.current?.focus();
    window.scrollTo({ top: 0 });
  }, [here]);

  const answer = (option: string, text: string) => {
    const kept =
      option === "provider" && answers["provider"] !== undefined && answers["provider"] !== text
        ? withoutStore(answers)
        : answers;
    const next = { ...kept, [option]: text };
    if (text === "") delete next[option];
    setAnswers(next);
  };
  const missing = isRefusal(now.outcome) && now.outcome.missing ? now.outcome.fields : [];
  const state = (step: Step): "done" | "open" | "wrong" => {
    if (step.questions.some((q) => q.option in now.refused)) return "wrong";
    if (step.questions.some((q) => missing.includes(q.option))) return strict.has(step.name) ? "wrong" : "open";
    return strict.has(step.name) ? "done" : "open";
  };
  const step = steps[here];
  const note = core.providers().find((p) => p.id === answers["provider"])?.note;

  return (
    <div class="setup">
      <nav class="rail" aria-label={t.steps}>
        <p class="progress">
          <b>{names[here]}</b> <span>{t.step(here + 1, names.length)}</span>
        </p>
        <ol>
          {names.map((name, index) => {
            const section = steps[index];
            const how = section ? state(section) : "open";
            return (
              <li key={name} data-state={how}>
                <button type="button" aria-current={index === here ? "step" : undefined} onClick={() => go(index)}>
                  <span class="mark" aria-hidden="true">
                    {how === "done" ? <Icon name="check" /> : how === "wrong" ? <Icon name="warn" /> : index + 1}
                  </span>
                  <span class="step-name">{name}</span>
                  {how !== "open" && <span class="reader"> ({how === "done" ? t.done : t.wrong})</span>}
                </button>
              </li>
            );
          })}
        </ol>
      </nav>
      <div class="stage">
        {notice !== null && here === 0 && <p class="notice">{notice}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {names[here]}
        </h1>
        {step && (
          <form
            onSubmit={(e) => {
              e.preventDefault();
              go(here + 1);
            }}
            noValidate
          >
            <Questions
              step={step}
              form={now}
              answers={answers}
              answer={answer}
              strict={strict.has(step.name)}
              note={note ?? ""}
            />
            {isRefusal(now.outcome) && !now.outcome.missing && now.outcome.fields.length === 0 && (
              <div class="complaint">
                <Complaint refusal={now.outcome} />
              </div>
            )}
            <Foot here={here} go={go} last={here === steps.length - 1} />
          </form>
        )}
        {here === steps.length && (
          <Outputs
            answers={answers}
            form={now}
            setAnswers={setAnswers}
            pasted={pasted}
            goTo={(option) =>
              go(
                Math.max(
                  0,
                  steps.findIndex((s) => s.questions.some((q) => q.option === option)),
                ),
              )
            }
            onward={() => go(here + 1)}
            back={() => go(here - 1)}
          />
        )}
        {here > steps.length && (
          <Trials files={configuration(answers)} options={{}} publicUrl={now.counting["publicUrl"] ?? null} />
        )}
      </div>
    </div>
  );
}

/** The configuration in the json format for every deployment method: other formats may refer to secrets elsewhere. */
function configuration(answers: Answers): File[] {
  const { outcome } = form("json", answers);
  return isRefusal(outcome) ? [] : outcome.files;
}

interface QuestionsProps {
  step: Step;
  form: Form;
  answers: Answers;
  answer(option: string, text: string): void;
  strict: boolean;
  note: string;
}

function Questions({ step, form: now, answers, answer, strict, note }: QuestionsProps) {
  const field = (question: Question) => (
    <>
      <Field
        key={question.option}
        at="form"
        question={question}
        value={answers[question.option] ?? ""}
        refusal={now.refused[question.option]}
        strict={strict}
        answer={answer}
      />
      {question.option === "provider" && (
        <p class="provider-note" aria-live="polite">
          <Prose text={note} />
        </p>
      )}
    </>
  );
  const main = step.questions.filter((q) => q.weight === "main");
  const details = step.questions.filter((q) => q.weight === "detail");
  const wrong = details.some((q) => q.option in now.refused || (q.needed && strict && answers[q.option] === undefined));
  return (
    <>
      {main.map(field)}
      {details.length > 0 && (
        <details class="more" open={main.length === 0 || wrong || details.some((q) => answers[q.option] !== undefined)}>
          <summary>
            {t.more(details.length)} <span class="quiet">{t.moreHint}</span>
          </summary>
          <div>{details.map(field)}</div>
        </details>
      )}
    </>
  );
}

function Foot({ here, go, last }: { here: number; go(to: number): void; last: boolean }) {
  return (
    <div class="foot">
      {here > 0 ? (
        <button type="button" onClick={() => go(here - 1)}>
          {t.back}
        </button>
      ) : (
        <span />
      )}
      <button type="submit" class="primary">
        {last ? t.toFiles : t.next}
        <Icon name="arrow" />
      </button>
    </div>
  );
}
