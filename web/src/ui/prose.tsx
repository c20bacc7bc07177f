import type { ComponentChildren } from "preact";

/** A text of the core. Code in backticks and URLs are shown as code. */
export function Prose({ text }: { text: string }): ComponentChildren {
  return text.split(/(`[^`]+`|https?:\/\/[^\s`),]+[^\s`),.])/).map((part, at) => {
    if (at % 2 === 0) return part;
    if (part.startsWith("`")) return <code key={at}>{part.slice(1, -1)}</code>;
    return <code key={at}>{part}</code>;
  });
}

/** A label or help text as a sentence. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A page of `explain`: paragraphs, short headings, indented code. */
export function ExplainPage({ text }: { text: string }) {
  const blocks = text
    .trim()
    .split(/\n{2,}/)
    .map((block): { head: string | null; body: string[] } => {
      const [head, ...rest] = block.split("\n");
      return head !== undefined && /^[A-Z][A-Za-z ]{1,24}$/.test(head)
        ? { head, body: rest }
        : { head: null, body: block.split("\n") };
    });
  return (
    <div class="page">
      {blocks.map(({ head, body }, at) => (
        <div key={at}>
          {head !== null && <h3>{head}</h3>}
          {body.length > 0 &&
            (body.every((line) => line.startsWith("    ") || line === "") ? (
              <pre class="snippet">
                <code>{body.map((line) => line.slice(4)).join("\n")}</code>
              </pre>
            ) : (
              <p>
                <Prose text={body.map((line) => line.trim()).join(" ")} />
              </p>
            ))}
        </div>
      ))}
    </div>
  );
}
