// `langfuse-blob schema` compared with Langfuse's own schema: a validator rejects exactly what stops a container.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../scripts/tools.mjs";
import { ours } from "./harness.mjs";

test("the schema accepts exactly the environments that Langfuse starts with", () => {
  const python = process.env.TEST_PYTHON ?? join(root, ".cache", "python", "bin", "python");
  const schema = JSON.parse(ours(["schema"]).out);
  const lines = readFileSync(join(root, "tests", "fixtures", "conformance", "startup.jsonl"), "utf8")
    .trim()
    .split("\n");
  const cases = lines.map((line) => JSON.parse(line));
  const ask = { schema, environments: cases.map((c) => c.env) };
  const done = spawnSync(python, [join(root, "tests", "clients", "schema.py")], {
    input: JSON.stringify(ask),
    maxBuffer: 1 << 28,
  });
  assert.equal(done.status, 0, done.stderr.toString());
  const refused = JSON.parse(done.stdout.toString());
  // A schema can't calculate: 1e3 and 0x10 pass because of their form.
  const byForm = (name, env) => /^\s*\+?([\d.]+e|0[xob])/i.test(env[name] ?? "");
  for (const [i, { id, env, startup }] of cases.entries()) {
    const theirs = [...new Set([...startup.web, ...startup.worker])].filter((name) => !byForm(name, env)).sort();
    assert.deepEqual(
      refused[i].filter((name) => !byForm(name, env)),
      theirs,
      `case ${id}`,
    );
  }
});
