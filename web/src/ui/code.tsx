import { useMemo } from "preact/hooks";
import { diff } from "../model/diff";
import { texts } from "../texts";

/** Read-only text that the keyboard can scroll. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <pre class="code" tabIndex={0} role="region" aria-label={label}>
      <code>{text}</code>
    </pre>
  );
}

/** Lines of context around a change. */
const AROUND = 3;

/** A diff with `+` and `-`, because color alone isn't accessible. */
export function Diff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => diff(before, after), [before, after]);
  if (lines.every((line) => line.kind === "same")) return <p class="quiet">{texts.out.noChanges}</p>;
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some((line) => line.kind !== "same"),
  );
  return (
    <pre class="code diff" tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, at) => {
        if (!near[at])
          return near[at - 1] ? (
            <span key={at} class="fold">
              ⋯{"\n"}
            </span>
          ) : null;
        if (line.kind === "same") return <span key={at}>{`  ${line.text}\n`}</span>;
        const gone = line.kind === "gone";
        return (
          <span key={at} class={gone ? "gone" : "added"}>
            <span class="reader">{gone ? texts.out.gone : texts.out.added}: </span>
            {`${gone ? "-" : "+"} ${line.text}\n`}
          </span>
        );
      })}
    </pre>
  );
}
