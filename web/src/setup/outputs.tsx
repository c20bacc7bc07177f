// The generated files: view, copy, download and compare every format.
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { core, type File, type GenerateFormat, type Question } from "../core";
import { form, isRefusal, mainFormat, password, type Answers, type Form } from "../model/answers";
import { encode, shareable } from "../model/link";
import { files, outputs, parts, type Made, type Named } from "../model/outputs";
import { zip } from "../model/zip";
import { texts } from "../texts";
import { announce } from "../ui/announce";
import { Code, Diff } from "../ui/code";
import { Complaint, Field } from "../ui/field";
import { Icon } from "../ui/icon";
import { Prose, sentence } from "../ui/prose";
import { copy, save, savedAs } from "../ui/save";

const t = texts.out;

export interface OutputsProps {
  answers: Answers;
  form: Form;
  setAnswers(answers: Answers): void;
  pasted: readonly File[];
  canGenerateSecrets: boolean;
  goTo(option: string): void;
  onward(): void;
  back(): void;
}

export function Outputs({
  answers,
  form: now,
  setAnswers,
  pasted,
  canGenerateSecrets,
  goTo,
  onward,
  back,
}: OutputsProps) {
  // A generated password must be the same in every file and stay the same, so it becomes an answer.
  const settled = useMemo(() => withPassword(answers), [answers]);
  const made = useMemo(() => outputs(settled), [settled]);
  const [chosen, choose] = useState<GenerateFormat | null>(null);
  const current = made.find((m) => m.format === chosen) ?? made[0]!;
  const whole = files(made);
  const answer = (option: string, text: string) => {
    const next = { ...settled, [option]: text };
    if (text === "") delete next[option];
    setAnswers(next);
  };
  if (settled !== answers) queueMicrotask(() => setAnswers(settled));
  const open = isRefusal(now.outcome) ? now.outcome : null;
  return (
    <>
      {open !== null && !isGenerated(settled, answers) && (
        <div class="callout" role="alert">
          <p>
            <b>{open.missing ? texts.wizard.stillOpen(open.fields.length) : sentence(texts.wizard.wrong)}</b>
          </p>
          {!open.missing && <Complaint refusal={open} questions={now.questions} />}
          <p class="row">
            {open.fields.map((option) => (
              <button key={option} type="button" onClick={() => goTo(option)}>
                {texts.wizard.goTo} “{label(now, option)}”
              </button>
            ))}
          </p>
        </div>
      )}
      <p class="lead">{t.lead}</p>
      <div class="outputs">
        <div class="formats" role="radiogroup" aria-label={t.list}>
          {made.map((m) => (
            <label key={m.format} class="format" data-ready={m.output !== null}>
              <input
                type="radio"
                name="format"
                value={m.format}
                checked={m.format === current.format}
                onChange={() => choose(m.format)}
              />
              <span class="format-name">
                <Icon name={m.output ? "check" : m.refusal?.missing ? "dot" : "cross"} />
                {m.output?.name ?? m.format}
              </span>
              <span class="format-kind">{m.output ? m.format : m.refusal?.missing ? t.notYet : t.cannot}</span>
            </label>
          ))}
        </div>
        <Result
          key={current.format}
          made={current}
          answers={settled}
          answer={answer}
          pasted={pasted}
          canGenerateSecrets={canGenerateSecrets}
        />
      </div>
      <div class="foot">
        <button type="button" onClick={back}>
          {texts.wizard.back}
        </button>
        <span class="row">
          <button
            type="button"
            onClick={async () => {
              const link = `${location.href.split("#", 1)[0]}${encode(shareable(mainFormat(settled), settled))}`;
              announce((await copy(link)) ? t.linked : t.copyFailed);
            }}
          >
            <Icon name="link" />
            {t.link}
          </button>
          <button
            type="button"
            disabled={whole.length === 0}
            onClick={async () => save("langfuse-storage.zip", await zip(whole))}
          >
            <Icon name="down" />
            {t.all(whole.length)}
          </button>
          <button type="button" class="primary" onClick={onward}>
            {texts.wizard.trial}
            <Icon name="arrow" />
          </button>
        </span>
      </div>
    </>
  );
}

const label = (now: Form, option: string) => now.questions.find((q) => q.option === option)?.label ?? option;
const isGenerated = (settled: Answers, answers: Answers) => settled !== answers;

/** The answers, with a generated password if one is needed and may be generated. */
function withPassword(answers: Answers): Answers {
  if (answers["secretAccessKey"] !== undefined) return answers;
  // The json format contains secrets for every deployment method. `generate` makes one if it needs one and reports none
  // as missing.
  const { questions, outcome } = form("json", answers);
  const needed = questions.some((q) => q.option === "secretAccessKey" && q.needed);
  const missed = isRefusal(outcome) && outcome.fields.includes("secretAccessKey");
  return needed && !missed ? { ...answers, secretAccessKey: password() } : answers;
}

interface ResultProps {
  made: Made;
  answers: Answers;
  answer(option: string, text: string): void;
  pasted: readonly File[];
  canGenerateSecrets: boolean;
}

function Result({ made, answers, answer, pasted, canGenerateSecrets }: ResultProps) {
  const [shown, setShown] = useState(false);
  const [against, setAgainst] = useState("");
  const { output, refusal, own } = made;
  const redact = (text: string) => (shown ? text : redacted(text, answers, made.questions));
  const before = pasted.find((f) => f.file === against);
  const verdict = useMemo(() => {
    if (!output || !made.isChecked) return null;
    // Two files that are for one container each are checked separately.
    const groups =
      made.format === "compose"
        ? [parts(output)]
        : parts(output)
            .filter((_, at) => at === 0 || made.format === "env")
            .map((part) => [part]);
    const sums = groups.map(
      (group) => core.check({ files: group.map((f) => ({ file: f.name, text: f.contents })) }).summary,
    );
    return sums.reduce((sum, { errors, warnings }) => sum + errors + warnings, 0);
  }, [output]);
  return (
    <div class="result">
      {own.length > 0 && (
        <div class="own">
          <h2>{refusal?.missing ? t.needs : t.settings}</h2>
          {own.map((question) => (
            <Field
              key={question.option}
              at={made.format}
              question={question}
              questions={made.questions}
              value={answers[question.option] ?? ""}
              refusal={made.refused[question.option]}
              strict={false}
              canGenerateSecrets={canGenerateSecrets}
              answer={answer}
            />
          ))}
        </div>
      )}
      {refusal !== null && !refusal.missing && (
        <div class="complaint">
          <Complaint refusal={refusal} questions={made.questions} />
        </div>
      )}
      {refusal?.missing && own.length === 0 && (
        <p class="quiet">
          {t.needs}: {refusal.fields.map((f) => made.questions.find((q) => q.option === f)?.label ?? f).join(", ")}.
        </p>
      )}
      {output !== null && (
        <>
          <Bar part={output}>
            <button type="button" onClick={() => setShown(!shown)} aria-pressed={shown}>
              {shown ? t.hideSecrets : t.secrets}
            </button>
          </Bar>
          {pasted.length > 0 && (
            <label class="against">
              {t.view}{" "}
              <select value={against} onChange={(e) => setAgainst(e.currentTarget.value)}>
                <option value="">{t.file}</option>
                {pasted.map((f) => (
                  <option key={f.file} value={f.file}>
                    {t.against(f.file)}
                  </option>
                ))}
              </select>
            </label>
          )}
          {before === undefined ? (
            <Code text={redact(output.contents)} label={output.name} />
          ) : (
            <Diff before={redact(before.text)} after={redact(output.contents)} label={t.against(before.file)} />
          )}
          {output.beside.map((part) => (
            <div key={part.name} class="beside">
              <Bar part={part} />
              <Code text={redact(part.contents)} label={part.name} />
            </div>
          ))}
          {verdict !== null && (
            <p class="verdict" data-clean={verdict === 0}>
              <Icon name={verdict === 0 ? "check" : "warn"} />
              {verdict === 0 ? t.clean : t.unclean(verdict)}
            </p>
          )}
          {output.notes.length > 0 && (
            <div class="notes">
              <h3>{t.notes}</h3>
              <ul>
                {output.notes.map((note) => (
                  <li key={note}>
                    <Prose text={note} />
                  </li>
                ))}
              </ul>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Bar({ part, children }: { part: Named; children?: ComponentChildren }) {
  return (
    <div class="bar">
      <h2>
        <Icon name="file" />
        {part.name}
      </h2>
      <span class="row">
        {children}
        <button type="button" onClick={async () => announce((await copy(part.contents)) ? t.copied : t.copyFailed)}>
          <Icon name="copy" />
          {t.copy}
          <span class="reader"> {part.name}</span>
        </button>
        <button type="button" class="primary" onClick={() => save(part.name, part.contents)}>
          <Icon name="down" />
          {t.download}
          <span class="reader"> {part.name}</span>
        </button>
      </span>
      {savedAs(part.name) !== part.name && (
        <p class="quiet whole">
          <Prose text={t.dot(savedAs(part.name), part.name)} />
        </p>
      )}
    </div>
  );
}

/** The text with every secret answer redacted, whether plain, JSON-escaped or in base64. */
function redacted(text: string, answers: Answers, questions: readonly Question[]): string {
  const secrets = questions.filter((q) => q.kind === "secret").flatMap((q) => answers[q.option] ?? []);
  return secrets.reduce((all, secret) => {
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      btoa(String.fromCharCode(...new TextEncoder().encode(secret))),
    ];
    return forms.reduce((part, form) => part.replaceAll(form, "•".repeat(12)), all);
  }, text);
}
