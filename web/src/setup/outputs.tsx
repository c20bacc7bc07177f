// The generated files: view, copy, download and compare every format.
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { core, type File, type GenerateFormat, type Question } from "../core";
import { form, isRefusal, mainFormat, type Answers, type Form } from "../model/answers";
import { encode, shareable } from "../model/link";
import { files, outputs, type Made } from "../model/outputs";
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
  goTo(option: string): void;
  onward(): void;
  back(): void;
}

export function Outputs({ answers, form: now, setAnswers, pasted, goTo, onward, back }: OutputsProps) {
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
          {!open.missing && <Complaint refusal={open} />}
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
                {m.output?.files.at(0)?.file ?? m.format}
              </span>
              <span class="format-kind">{m.output ? m.format : m.refusal?.missing ? t.notYet : t.cannot}</span>
            </label>
          ))}
        </div>
        <Result key={current.format} made={current} answers={settled} answer={answer} pasted={pasted} />
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

/** The answers, with the password that the core generates if they have none. */
function withPassword(answers: Answers): Answers {
  // The json format contains secrets for every deployment method.
  const { outcome } = form("json", answers);
  const isOpen = isRefusal(outcome) || Object.keys(outcome.generated).length === 0;
  return isOpen ? answers : { ...answers, ...outcome.generated };
}

interface ResultProps {
  made: Made;
  answers: Answers;
  answer(option: string, text: string): void;
  pasted: readonly File[];
}

function Result({ made, answers, answer, pasted }: ResultProps) {
  const [shown, setShown] = useState(false);
  const [against, setAgainst] = useState("");
  const { output, refusal, own } = made;
  const [main, ...companions] = output?.files ?? [];
  const redact = (text: string) => (shown ? text : redacted(text, answers, made.questions));
  const before = pasted.find((f) => f.file === against);
  const verdict = useMemo(() => {
    if (!output || output.checked.length === 0) return null;
    const sums = output.checked.map(
      (group) => core.check({ files: output.files.filter((f) => group.includes(f.file)) }).summary,
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
              value={answers[question.option] ?? ""}
              refusal={made.refused[question.option]}
              strict={false}
              answer={answer}
            />
          ))}
        </div>
      )}
      {refusal !== null && !refusal.missing && (
        <div class="complaint">
          <Complaint refusal={refusal} />
        </div>
      )}
      {refusal?.missing && own.length === 0 && (
        <p class="quiet">
          {t.needs}: {refusal.fields.map((f) => made.questions.find((q) => q.option === f)?.label ?? f).join(", ")}.
        </p>
      )}
      {output !== null && main !== undefined && (
        <>
          <Bar file={main}>
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
            <Code text={redact(main.text)} label={main.file} />
          ) : (
            <Diff before={redact(before.text)} after={redact(main.text)} label={t.against(before.file)} />
          )}
          {companions.map((file) => (
            <div key={file.file} class="beside">
              <Bar file={file} />
              <Code text={redact(file.text)} label={file.file} />
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

function Bar({ file: { file, text }, children }: { file: File; children?: ComponentChildren }) {
  return (
    <div class="bar">
      <h2>
        <Icon name="file" />
        {file}
      </h2>
      <span class="row">
        {children}
        <button type="button" onClick={async () => announce((await copy(text)) ? t.copied : t.copyFailed)}>
          <Icon name="copy" />
          {t.copy}
          <span class="reader"> {file}</span>
        </button>
        <button type="button" class="primary" onClick={() => save(file, text)}>
          <Icon name="down" />
          {t.download}
          <span class="reader"> {file}</span>
        </button>
      </span>
      {savedAs(file) !== file && (
        <p class="quiet whole">
          <Prose text={t.dot(savedAs(file), file)} />
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
