// The fix view: the editor on one side, the findings on the other.
import { render, type RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { core, refusal, type Diagnostic, type File, type Options, type Report } from "../core";
import { Trials } from "../proof/trials";
import { texts } from "../texts";
import { announce } from "../ui/announce";
import { Diff } from "../ui/code";
import { Dialog } from "../ui/dialog";
import { Explanation } from "../ui/explanation";
import { Icon } from "../ui/icon";
import { Prose } from "../ui/prose";
import { copy, save } from "../ui/save";
import { editor, type Editor, type Language } from "./editor";
import { EXAMPLE } from "./examples";
import { Findings } from "./findings";

const t = texts.repair;

/** In bytes. No configuration is larger. */
const LIMIT = 2_000_000;

export interface FixProps {
  files: readonly File[];
  /** The files as they were opened. */
  before: readonly File[];
  setFiles(files: readonly File[], before?: readonly File[]): void;
  openForm(options: Options): void;
}

export function Fix({ files, before, setFiles, openForm }: FixProps) {
  const [current, setCurrent] = useState(0);
  const [mode, setMode] = useState<"edit" | "changes">("edit");
  const [options, setOptions] = useState<Options>({});
  const [page, setPage] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const handle = useRef<Editor | null>(null);
  const chooser = useRef<HTMLInputElement>(null);

  const examined = useMemo(() => examine(files, options), [files, options]);
  const report = "summary" in examined ? examined : null;
  const at = Math.min(current, files.length - 1);
  const file = files[at];

  // An array, because clearing the input also empties its file list.
  const take = async (list: readonly globalThis.File[]) => {
    const taken: File[] = [];
    for (const item of list) {
      if (item.size > LIMIT) {
        announce(t.tooLarge(item.name));
        continue;
      }
      const bytes = new Uint8Array(await item.arrayBuffer());
      try {
        taken.push({ file: item.name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) });
      } catch {
        announce(t.binary(item.name));
      }
    }
    if (taken.length > 0) bring(taken);
  };
  const bring = (taken: readonly File[]) => {
    const keep = (list: readonly File[]) =>
      list.filter((f) => f.text.trim() !== "" && !taken.some((n) => n.file === f.file));
    setFiles([...keep(files), ...taken], [...keep(before), ...taken]);
    setCurrent(keep(files).length);
    setMode("edit");
  };
  const change = (text: string) => {
    const changed = (list: readonly File[], file: File) => list.map((f) => (f.file === files[at]?.file ? file : f));
    const old = files[at];
    if (old === undefined) return;
    // Text pasted into the empty `.env` decides the file name.
    const name =
      old.text.trim() === "" && text.includes("\n") && old.file === ".env"
        ? guessed(
            text,
            files.filter((f) => f !== old),
          )
        : old.file;
    setFiles(
      changed(files, { file: name, text }),
      name === old.file ? before : changed(before, { ...old, file: name }),
    );
    if (name !== old.file) requestAnimationFrame(() => requestAnimationFrame(() => handle.current?.focus()));
  };
  const apply = (of: Report, unsafe: boolean) => {
    setFiles(core.applyFixes(files, of, { unsafe }));
    announce(t.fixed(of.diagnostics.filter((d) => d.fix !== null).length));
  };
  const goTo = (diagnostic: Diagnostic) => {
    const { span } = diagnostic;
    if (span === null) return;
    const index = files.findIndex((f) => f.file === span.file);
    if (index < 0) return;
    setMode("edit");
    setCurrent(index);
    // Another file's editor exists only after the next render.
    requestAnimationFrame(() => requestAnimationFrame(() => handle.current?.goTo(span.utf16Offset, span.utf16Length)));
  };
  const drop = {
    onDragOver: (e: DragEvent) => {
      e.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (e: DragEvent) => {
      e.preventDefault();
      setOver(false);
      void take([...(e.dataTransfer?.files ?? [])]);
    },
  };
  const choosing = (
    <input
      ref={chooser}
      type="file"
      multiple
      hidden
      aria-hidden="true"
      tabIndex={-1}
      onChange={(e) => {
        void take([...(e.currentTarget.files ?? [])]);
        e.currentTarget.value = "";
      }}
    />
  );

  if (file === undefined) {
    return (
      <div class="fix">
        <h1>{texts.home.fixTitle}</h1>
        {choosing}
        <div class="drop" data-over={over} {...drop} onPaste={(e) => paste(e, bring, files)}>
          <Icon name="upload" />
          <p class="drop-title">{over ? t.dropNow : t.dropTitle}</p>
          <p class="quiet">{t.dropText}</p>
          <p class="row centre">
            <button type="button" class="primary" onClick={() => chooser.current?.click()}>
              {t.choose}
            </button>
            <button type="button" onClick={() => bring([{ file: ".env", text: "" }])}>
              {t.paste}
            </button>
            <button type="button" class="ghost" onClick={() => bring(EXAMPLE)}>
              {t.example}
            </button>
          </p>
        </div>
        <p class="quiet">{t.lead}</p>
      </div>
    );
  }
  const original = before.find((f) => f.file === file.file)?.text ?? "";
  const kind = report?.read.find((r) => r.file === file.file)?.kind;
  const changed = files.filter((f) => before.find((b) => b.file === f.file)?.text !== f.text);
  return (
    <div class="fix" {...drop} data-over={over}>
      <h1>{t.heading}</h1>
      {choosing}
      <div class="panes">
        <section class="pane" aria-label={t.files}>
          <div class="tabs" role="radiogroup" aria-label={t.files}>
            {files.map((f, i) => (
              <label key={f.file} class="tab" data-on={i === at}>
                <input type="radio" name="file" checked={i === at} onChange={() => setCurrent(i)} />
                <span>{f.file}</span>
                <Count report={report} file={f.file} />
              </label>
            ))}
            <button
              type="button"
              class="ghost square"
              aria-label={t.add}
              title={t.add}
              onClick={() => chooser.current?.click()}
            >
              <Icon name="plus" />
            </button>
          </div>
          <div class="bar">
            <span class="row grow">
              <input
                class="name"
                aria-label={t.name}
                value={file.file}
                spellcheck={false}
                autocomplete="off"
                onChange={(e) => rename(e.currentTarget.value.trim(), file, files, before, setFiles)}
              />
              <span class="quiet">{kind === undefined ? t.notRead : `${t.readAs} ${kind}`}</span>
            </span>
            <span class="row">
              <button
                type="button"
                aria-pressed={mode === "changes"}
                onClick={() => setMode(mode === "edit" ? "changes" : "edit")}
              >
                {mode === "edit" ? t.changes : t.editing}
              </button>
              <button
                type="button"
                class="ghost square"
                aria-label={texts.out.copy}
                title={texts.out.copy}
                onClick={async () => announce((await copy(file.text)) ? texts.out.copied : texts.out.copyFailed)}
              >
                <Icon name="copy" />
              </button>
              <button
                type="button"
                class="ghost square"
                aria-label={texts.out.download}
                title={texts.out.download}
                onClick={() => save(file.file.split("/").at(-1) ?? file.file, file.text)}
              >
                <Icon name="down" />
              </button>
              <button
                type="button"
                class="ghost square"
                aria-label={t.remove(file.file)}
                title={t.remove(file.file)}
                onClick={() => {
                  setFiles(
                    files.filter((f) => f !== file),
                    before.filter((f) => f.file !== file.file),
                  );
                  setCurrent(0);
                }}
              >
                <Icon name="cross" />
              </button>
            </span>
          </div>
          {mode === "edit" ? (
            <Text
              key={file.file}
              file={file}
              language={languageOf(kind)}
              diagnostics={ofFile(report, file.file)}
              change={change}
              handle={handle}
            />
          ) : (
            <Diff before={original} after={file.text} label={t.changes} />
          )}
          <details class="more">
            <summary>{t.reading}</summary>
            <Reading options={options} setOptions={setOptions} />
          </details>
        </section>
        <section class="pane findings" aria-labelledby="findings-title">
          <div class="bar">
            <h2 id="findings-title">{t.findings}</h2>
            <span class="summary" role="status" aria-live="polite">
              {report === null
                ? ""
                : files.every((f) => f.text.trim() === "")
                  ? ""
                  : t.summary(report.summary.errors, report.summary.warnings, report.summary.hints)}
            </span>
          </div>
          {"message" in examined ? (
            <div class="complaint">
              <p>
                <Icon name="warn" />
                <span>
                  <b>{t.refused}.</b> <Prose text={examined.message} />
                </span>
              </p>
            </div>
          ) : (
            <Findings
              report={examined}
              blank={files.every((f) => f.text.trim() === "")}
              goTo={goTo}
              explain={setPage}
              apply={(diagnostics, unsafe) => apply({ ...examined, diagnostics: [...diagnostics] }, unsafe)}
            />
          )}
          <p class="row">
            <button
              type="button"
              onClick={() => openForm(options)}
              disabled={report === null || report.read.length === 0}
            >
              {t.openForm}
              <Icon name="arrow" />
            </button>
            {changed.length > 0 && (
              <button type="button" class="ghost" onClick={() => setFiles(before)}>
                {t.undo}
              </button>
            )}
          </p>
        </section>
      </div>
      {report !== null && report.read.length > 0 && report.summary.errors === 0 && (
        <section class="proof">
          <Trials files={files} options={options} publicUrl={null} />
        </section>
      )}
      {page !== null && (
        <Dialog title={t.page(page)} close={() => setPage(null)}>
          <Explanation topic={page} />
        </Dialog>
      )}
    </div>
  );
}

function examine(files: readonly File[], options: Options): Report | { message: string } {
  try {
    return core.check({ files }, options);
  } catch (error) {
    return refusal(error);
  }
}

const ofFile = (report: Report | null, name: string) => report?.diagnostics.filter((d) => d.span?.file === name) ?? [];

function Count({ report, file }: { report: Report | null; file: string }) {
  const own = ofFile(report, file);
  const worst = own.some((d) => d.severity === "error")
    ? "error"
    : own.some((d) => d.severity === "warning")
      ? "warning"
      : "hint";
  return own.length > 0 ? (
    <span class="count" data-severity={worst}>
      {own.length}
      <span class="reader"> {t.findings}</span>
    </span>
  ) : null;
}

function rename(
  name: string,
  file: File,
  files: readonly File[],
  before: readonly File[],
  setFiles: FixProps["setFiles"],
) {
  if (name === "" || files.some((f) => f.file === name)) return;
  const renamed = (list: readonly File[]) => list.map((f) => (f.file === file.file ? { ...f, file: name } : f));
  setFiles(renamed(files), renamed(before));
}

function paste(event: ClipboardEvent, bring: (files: readonly File[]) => void, files: readonly File[]) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (text.trim() === "") return;
  event.preventDefault();
  bring([{ file: guessed(text, files), text }]);
}

/** A name for pasted text that no other file has. */
function guessed(text: string, files: readonly File[]): string {
  const name = core.fileName(text);
  return files.some((f) => f.file === name) ? `${files.length + 1}-${name}` : name;
}

function languageOf(kind: string | undefined): Language {
  return kind === "json" ? "json" : kind === "compose" || kind === "helm" || kind === "k8s" ? "yaml" : "properties";
}

interface TextProps {
  file: File;
  language: Language;
  diagnostics: readonly Diagnostic[];
  change(text: string): void;
  handle: RefObject<Editor | null> & { current: Editor | null };
}

function Text({ file, language, diagnostics, change, handle }: TextProps) {
  const parent = useRef<HTMLDivElement>(null);
  const latest = useRef(change);
  latest.current = change;
  useLayoutEffect(() => {
    const made = editor({
      parent: parent.current!,
      text: file.text,
      label: t.editor(file.file),
      placeholderText: t.empty,
      language,
      change: (text) => latest.current(text),
      about,
    });
    handle.current = made;
    if (file.text === "") made.focus();
    return () => {
      handle.current = null;
      made.destroy();
    };
  }, []);
  // Layout effects run before the page is painted, so the findings always match the text on screen.
  useLayoutEffect(() => handle.current?.replace(file.text), [file.text]);
  useLayoutEffect(() => handle.current?.setLanguage(language), [language]);
  useLayoutEffect(() => handle.current?.mark(diagnostics), [diagnostics]);
  return <div class="editor" ref={parent} />;
}

/** A finding's tooltip, with the rule's page. */
function about(diagnostic: Diagnostic): Node {
  const place = document.createElement("div");
  render(
    <div class="tooltip">
      <p>
        <b>
          <Prose text={diagnostic.message} />
        </b>
      </p>
      <p>
        <Prose text={diagnostic.help} />
      </p>
      <Explanation topic={diagnostic.rule} />
    </div>,
    place,
  );
  return place;
}

function Reading({ options, setOptions }: { options: Options; setOptions(options: Options): void }) {
  const set = (name: "deployment" | "dialect" | "langfuseVersion", text: string) => {
    const next: Record<string, unknown> = { ...options, [name]: text };
    if (text === "") delete next[name];
    setOptions(next as Options);
  };
  const select = (name: "deployment" | "dialect", label: string, words: readonly string[]) => (
    <label>
      {label}{" "}
      <select value={options[name] ?? ""} onChange={(e) => set(name, e.currentTarget.value)}>
        <option value="">{t.autoDetected}</option>
        {words.map((w) => (
          <option key={w} value={w}>
            {w}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="row reading">
      {select("deployment", t.deployment, ["raw", "compose", "helm", "k8s"])}
      {select("dialect", t.dialect, ["compose", "docker", "node"])}
      <label>
        {t.version}{" "}
        <input
          value={options.langfuseVersion ?? ""}
          placeholder="4.16.0"
          size={8}
          onChange={(e) => set("langfuseVersion", e.currentTarget.value.trim())}
        />
      </label>
    </div>
  );
}
