// The page's line diff: exact for configuration files, and within memory for the largest files that the page accepts.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { npmWeb, root } from "../scripts/tools.mjs";

let directory;
let module;
let diff;

before(async () => {
  const vite = createRequire(join(npmWeb(), "package.json")).resolve("vite");
  const { transformWithOxc } = await import(pathToFileURL(vite));
  const source = join(root, "web", "src", "model", "diff.ts");
  const { code } = await transformWithOxc(readFileSync(source, "utf8"), source);
  directory = mkdtempSync(join(tmpdir(), "langfuse-blob-diff-"));
  module = join(directory, "diff.mjs");
  writeFileSync(module, code);
  ({ diff } = await import(pathToFileURL(module)));
});

after(() => rmSync(directory, { recursive: true, force: true }));

const text = (lines) => lines.map((line) => `${line}\n`).join("");
const side = (lines, other) => text(lines.filter(({ kind }) => kind !== other).map((line) => line.text));
const count = (lines, kind) => lines.filter((line) => line.kind === kind).length;

/** The length of a longest common subsequence. */
function common(a, b) {
  let row = new Array(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    b.forEach((other, j) => next.push(line === other ? row[j] + 1 : Math.max(row[j + 1], next[j])));
    row = next;
  }
  return row.at(-1);
}

test("the shortest diff of small files", () => {
  assert.deepEqual(diff("", ""), []);
  assert.deepEqual(diff("A=1\nB=2\nC=3\n", "A=1\nB=4\nC=3"), [
    { kind: "same", text: "A=1" },
    { kind: "gone", text: "B=2" },
    { kind: "new", text: "B=4" },
    { kind: "same", text: "C=3" },
  ]);
  let seed = 7;
  const random = (below) => Math.floor(((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648) * below);
  for (let round = 0; round < 500; round += 1) {
    const [a, b] = [0, 1].map(() => Array.from({ length: random(12) }, () => `${random(5)}`));
    const lines = diff(text(a), text(b));
    assert.deepEqual([side(lines, "new"), side(lines, "gone")], [text(a), text(b)]);
    assert.equal(count(lines, "same"), common(a, b), `${a} -> ${b}`);
  }
});

/** Pairs of large files, as code, with the number of lines that stay. */
const LARGE = {
  "every line changed": ["(i) => [`A${i}=old`]", "(i) => [`A${i}=new`]", 0],
  "every other line changed": ["(i) => [`A${i}`, `B${i}=old`]", "(i) => [`A${i}`, `B${i}=new`]", 20_000],
  "the halves swapped": ["(i) => [`A${i}`]", "(i) => [`A${(i + 10_000) % 20_000}`]", 10_000],
  "the same few lines again and again": ["(i) => [`A${i % 7}`]", "(i) => [`A${(i * i) % 11}`]", null],
};

for (const [name, [from, to, same]] of Object.entries(LARGE)) {
  test(`20,000 lines, ${name}: less than 400 MB`, () => {
    const script = `
      import { diff } from ${JSON.stringify(pathToFileURL(module).href)};
      const text = (of) => Array.from({ length: 20_000 }, (_, i) => of(i)).flat().map((line) => line + "\\n").join("");
      const [a, b] = [text(${from}), text(${to})];
      const lines = diff(a, b);
      const side = (other) => lines.filter((l) => l.kind !== other).map((l) => l.text + "\\n").join("");
      console.log(JSON.stringify([side("new") === a, side("gone") === b, lines.filter((l) => l.kind === "same").length, process.resourceUsage().maxRSS]));`;
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.equal(ended.status, 0, ended.stderr);
    const [isBefore, isAfter, stayed, kilobytes] = JSON.parse(ended.stdout);
    assert.ok(isBefore && isAfter, "the two sides of the diff are the two files");
    if (same !== null) assert.equal(stayed, same);
    assert.ok(kilobytes < 400_000, `${kilobytes} kB`);
  });
}
