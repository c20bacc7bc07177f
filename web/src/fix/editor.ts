// The editor: CodeMirror with the core's findings.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/legacy-modes/mode/javascript";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic as Mark } from "@codemirror/lint";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Diagnostic } from "../core";

export interface Editor {
  /** Replaces the contents in one step that can be undone. */
  replace(text: string): void;
  /** Marks findings; those without a span are left out. */
  mark(diagnostics: readonly Diagnostic[]): void;
  /** Sets the language for syntax highlighting. */
  setLanguage(language: Language): void;
  /** Scrolls to a range and selects it. */
  goTo(offset: number, length: number): void;
  focus(): void;
  destroy(): void;
}

export type Language = "properties" | "yaml" | "json";

const LANGUAGES = {
  properties: StreamLanguage.define(properties),
  yaml: StreamLanguage.define(yaml),
  json: StreamLanguage.define(json),
};

const COLOURS = HighlightStyle.define([
  {
    tag: [
      tags.propertyName,
      tags.definition(tags.propertyName),
      tags.keyword,
      tags.atom,
      tags.definition(tags.variableName),
    ],
    color: "var(--code-name)",
  },
  { tag: [tags.string, tags.quote], color: "var(--code-text)" },
  { tag: [tags.number, tags.bool], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: tags.meta, color: "var(--code-comment)" },
]);

/** The nonce for styles that the page was served with. Only our own server sets one. */
const NONCE = document.querySelector<HTMLMetaElement>("meta[name=style-nonce]")?.content ?? "";

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  placeholderText: string;
  language: Language;
  change(text: string): void;
  /** The tooltip of a finding. */
  about(diagnostic: Diagnostic): Node;
}

export function editor({ parent, text, label, placeholderText, language, change, about }: EditorOptions): Editor {
  const languages = new Compartment();
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        NONCE === "" ? [] : EditorView.cspNonce.of(NONCE),
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        // Tab moves the focus, as everywhere on the page: keyboard users must be able to leave the editor.
        keymap.of([...lintKeymap, ...defaultKeymap, ...historyKeymap]),
        placeholder(placeholderText),
        languages.of(LANGUAGES[language]),
        syntaxHighlighting(COLOURS),
        EditorView.contentAttributes.of({
          "aria-label": label,
          tabindex: "0",
          spellcheck: "false",
          autocapitalize: "off",
          autocorrect: "off",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((tr) => tr.annotation(Transaction.remote)))
            change(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    replace(next) {
      const now = view.state.doc.toString();
      if (next === now) return;
      // Replaces only what differs, so that the cursor stays where it was.
      let from = 0;
      const least = Math.min(now.length, next.length);
      while (from < least && now[from] === next[from]) from += 1;
      let back = 0;
      while (back < least - from && now[now.length - 1 - back] === next[next.length - 1 - back]) back += 1;
      view.dispatch({
        changes: { from, to: now.length - back, insert: next.slice(from, next.length - back) },
        annotations: Transaction.remote.of(true),
      });
    },
    mark(diagnostics) {
      const marks = diagnostics.flatMap((diagnostic): Mark[] => {
        const { span } = diagnostic;
        if (span === null) return [];
        const { length } = view.state.doc;
        const from = Math.min(span.utf16Offset, length);
        const to = Math.min(from + span.utf16Length, length);
        const severity = diagnostic.severity === "hint" ? "info" : diagnostic.severity;
        return [{ from, to, severity, message: diagnostic.message, renderMessage: () => about(diagnostic) }];
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
    setLanguage(next) {
      view.dispatch({ effects: languages.reconfigure(LANGUAGES[next]) });
    },
    goTo(offset, length) {
      const end = view.state.doc.length;
      const from = Math.min(offset, end);
      view.dispatch({
        selection: { anchor: from, head: Math.min(from + length, end) },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
