// One question as an input.
import { useState } from "preact/hooks";
import { core, type Question, type Refusal } from "../core";
import { withLabels } from "../model/answers";
import { texts } from "../texts";
import { announce } from "./announce";
import { Icon } from "./icon";
import { Prose, sentence } from "./prose";

const t = texts.wizard;

export interface FieldProps {
  question: Question;
  /** The answer; empty if unanswered. */
  value: string;
  refusal: Refusal | undefined;
  /** Whether to report a missing answer. */
  strict: boolean;
  /** Makes IDs unique if the same question appears in two places. */
  at: string;
  answer(option: string, text: string): void;
}

export function Field(props: FieldProps) {
  const { question, value } = props;
  const grouped =
    question.kind === "choice"
      ? question.choices.length <= 6 || question.option === "provider"
      : question.kind === "several";
  const id = `${props.at}-${question.option}`;
  const missing = props.strict && question.needed && value === "";
  const complaint = props.refusal !== undefined || missing;
  const said = [`${id}-help`, ...(complaint ? [`${id}-wrong`] : [])].join(" ");
  const label = (
    <>
      {question.label}
      {question.needed && value === "" && <span class="needed"> {t.needed}</span>}
    </>
  );
  const below = (
    <div id={`${id}-wrong`} class="complaint" hidden={!complaint}>
      {props.refusal !== undefined && <Complaint refusal={props.refusal} />}
      {props.refusal === undefined && missing && (
        <p>
          <Icon name="warn" />
          {t.requiredNow}
        </p>
      )}
    </div>
  );
  const help = (
    <p id={`${id}-help`} class="help">
      <Prose text={sentence(withLabels(question.help))} />
    </p>
  );
  if (question.kind === "flag") {
    return (
      <div class="field" data-option={question.option}>
        <label class="switch">
          <input
            type="checkbox"
            id={id}
            checked={value === "true"}
            aria-describedby={said}
            onChange={(e) => props.answer(question.option, e.currentTarget.checked ? "true" : "")}
          />
          <span>{label}</span>
        </label>
        {help}
        {below}
      </div>
    );
  }
  if (grouped) {
    return (
      <fieldset class="field" data-option={question.option} aria-describedby={said}>
        <legend class="label">{label}</legend>
        {help}
        {question.kind === "several" ? <Several {...props} id={id} /> : <Cards {...props} id={id} />}
        {below}
      </fieldset>
    );
  }
  return (
    <div class="field" data-option={question.option}>
      <label class="label" for={id}>
        {label}
      </label>
      {help}
      {question.kind === "choice" ? (
        <Select {...props} id={id} said={said} />
      ) : (
        <Line {...props} id={id} said={said} wrong={complaint} />
      )}
      {below}
    </div>
  );
}

export function Complaint({ refusal }: { refusal: Refusal }) {
  const message = withLabels(refusal.message).replace(refusal.rule ? ` (${refusal.rule})` : "\u0000", "");
  return (
    <p>
      <Icon name="warn" />
      <span>
        <Prose text={sentence(message)} /> <Prose text={withLabels(refusal.help)} />
      </span>
    </p>
  );
}

type Part = FieldProps & { id: string };

function Line({ question, value, answer, id, said, wrong }: Part & { said: string; wrong: boolean }) {
  const [shown, setShown] = useState(false);
  const secret = question.kind === "secret";
  const fallback = question.default;
  const input = {
    id,
    value,
    "aria-describedby": `${said} ${id}-default`,
    "aria-invalid": wrong,
    "aria-required": question.needed,
    autocapitalize: "off",
    spellcheck: false,
    placeholder: fallback ?? question.example,
    onInput: (e: { currentTarget: HTMLInputElement }) => answer(question.option, e.currentTarget.value),
  } as const;
  const mode = question.kind === "number" ? "numeric" : question.kind === "url" ? "url" : "text";
  return (
    <div class="line">
      {secret && !shown ? (
        <input {...input} type="password" autocomplete="new-password" />
      ) : (
        <input {...input} type="text" inputMode={mode} autocomplete="off" />
      )}
      {secret && (
        <button type="button" class="ghost" aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
          {shown ? t.hide : t.show}
        </button>
      )}
      {question.canGenerate && (
        <button
          type="button"
          class="ghost"
          onClick={() => {
            answer(question.option, core.generatePassword());
            announce(t.generated);
          }}
        >
          <Icon name="wand" />
          {t.generate}
        </button>
      )}
      {question.canGenerate && value === "" && <p class="default">{t.leaveEmpty}</p>}
      <p id={`${id}-default`} class="default" hidden={fallback === null || fallback === "" || value !== ""}>
        {t.defaultIs}: <code>{fallback}</code>
      </p>
    </div>
  );
}

function Select({ question, value, answer, id, said }: Part & { said: string }) {
  return (
    <select
      id={id}
      aria-describedby={said}
      value={value}
      onChange={(e) => answer(question.option, e.currentTarget.value)}
    >
      <option value="">{question.default === null ? t.none : `${t.defaultIs}: ${question.default}`}</option>
      {question.choices.map((c) => (
        <option key={c.value} value={c.value}>
          {c.meaning}
        </option>
      ))}
    </select>
  );
}

/** How many stores to show first; the core lists the common ones first. */
const FIRST = 6;

function Cards({ question, value, answer, id }: Part) {
  const chosen = value === "" ? (question.default ?? "") : value;
  const card = (choice: Question["choices"][number]) => (
    <label key={choice.value} class="card">
      <input
        type="radio"
        name={id}
        value={choice.value}
        checked={chosen === choice.value}
        onChange={() => answer(question.option, choice.value)}
      />
      <span class="card-text">{sentence(choice.meaning).replace(/\.$/, "")}</span>
    </label>
  );
  const optional = !question.needed && question.default === null;
  const [first, rest] =
    question.option === "provider"
      ? [question.choices.slice(0, FIRST), question.choices.slice(FIRST)]
      : [question.choices, []];
  return (
    <>
      <div class={question.option === "provider" ? "cards stores" : "cards"}>
        {optional && (
          <label class="card">
            <input
              type="radio"
              name={id}
              value=""
              checked={chosen === ""}
              onChange={() => answer(question.option, "")}
            />
            <span class="card-text">{t.none}</span>
          </label>
        )}
        {first.map(card)}
      </div>
      {rest.length > 0 && (
        <>
          <p class="sub">{t.moreStores}</p>
          <div class="cards stores small">{rest.map(card)}</div>
        </>
      )}
    </>
  );
}

function Several({ question, value, answer, id }: Part) {
  const chosen = new Set((value === "" ? (question.default ?? "") : value).split(",").filter(Boolean));
  const change = (word: string, on: boolean) => {
    const next = question.choices
      .filter((c) => c.always || (c.value === word ? on : chosen.has(c.value)))
      .map((c) => c.value)
      .join(",");
    answer(question.option, next === question.default ? "" : next);
  };
  return (
    <div class="cards several">
      {question.choices.map((choice) => (
        <label key={choice.value} class="card">
          <input
            type="checkbox"
            name={id}
            checked={choice.always || chosen.has(choice.value)}
            disabled={choice.always}
            onChange={(e) => change(choice.value, e.currentTarget.checked)}
          />
          <span class="card-text">
            <b>{sentence(choice.value.replaceAll("-", " ")).replace(/\.$/, "")}</b>
            <small>{sentence(choice.meaning)}</small>
          </span>
        </label>
      ))}
    </div>
  );
}
