// Writes tests/fixtures/json.jsonl: JSON texts, and what Node's JSON.parse and JSON.stringify make of them. A text that
// JSON.parse rejects has no result. `node tests/json.mjs`; the output is the same each time.
import { writeFileSync } from "node:fs";

let state = 0x2545f491;
/** A number below `n`; xorshift, so that every run is the same. */
function below(n) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}
const pick = (list) => list[below(list.length)];
const digits = (n) => Array.from({ length: 1 + below(n) }, () => below(10)).join("");

function number() {
  switch (below(6)) {
    case 0:
      return String(below(1000) - 500);
    case 1:
      return `${below(2) ? "-" : ""}${digits(22).replace(/^0+(?=\d)/, "")}`;
    case 2:
      return `${pick(["", "-"])}${below(50)}.${digits(18)}`;
    case 3:
      return `0.${"0".repeat(below(9))}${digits(4)}`;
    case 4:
      return `${pick(["", "-"])}${1 + below(9)}${pick(["", `.${digits(17)}`])}${pick(["e", "E"])}${pick(["", "+", "-"])}${below(330)}`;
    default: {
      // Any double, by its bits.
      const view = new DataView(new ArrayBuffer(8));
      view.setUint32(0, below(2 ** 32));
      view.setUint32(4, below(2 ** 32));
      const value = view.getFloat64(0);
      return Number.isFinite(value) ? value.toExponential(below(2) ? 16 : 17) : "1e999";
    }
  }
}

const pieces = [
  "a",
  "é",
  "日",
  "😀",
  "\u2028",
  "\u007f",
  " ",
  "/",
  "퟿",
  "\ufffd",
  "\\u0041",
  "\\ud83d",
  "\\ude00",
  "\\uD83D\\uDE00",
  "\\u0000",
  "\\u001f",
  "\\b",
  "\\f",
  "\\n",
  "\\r",
  "\\t",
  '\\"',
  "\\\\",
  "\\/",
  "\\\\u4f60",
  "\\\\\\\\u597d",
  "\\u00e9",
  "\\ud7ff",
  "\\ue000",
];
const broken = ["\\x", "\\u12", "\\", "\t", "\u0001", "\\U0041", "\n"];
const string = () => `"${Array.from({ length: below(6) }, () => pick(below(120) ? pieces : broken)).join("")}"`;
const name = () =>
  pick([
    string,
    () => `"${below(12)}"`,
    () => pick(['"b"', '"a"', '"__proto__"', '"01"', '"-1"', '"4294967294"', '"4294967295"', '"1.0"']),
  ])();
const space = () => pick(["", "", "", " ", "\n", "\t\r"]);

function value(depth) {
  const kind = below(depth > 4 ? 4 : 6);
  if (kind === 0)
    return pick(["null", "true", "false", "null", "nul", "NaN", "01", "1.", "-", "+1"].slice(0, below(40) ? 3 : 10));
  if (kind === 1) return number();
  if (kind <= 3) return string();
  const inner = Array.from(
    { length: below(5) },
    () => `${space()}${kind === 4 ? "" : `${name()}${space()}:${space()}`}${value(depth + 1)}${space()}`,
  );
  const text = inner.join(",") + (below(80) ? "" : ",");
  return kind === 4 ? `[${text}]` : `{${text}}`;
}

const lines = [];
for (let i = 0; i < 2400; i += 1) {
  const text = `${space()}${i % 3 ? value(0) : number()}${space()}`;
  try {
    const parsed = JSON.parse(text);
    lines.push(JSON.stringify({ text, compact: JSON.stringify(parsed), indented: JSON.stringify(parsed, null, 2) }));
  } catch {
    lines.push(JSON.stringify({ text }));
  }
}
writeFileSync(new URL("fixtures/json.jsonl", import.meta.url), `${lines.join("\n")}\n`);
