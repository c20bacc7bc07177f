// The embedded store through boto3: operations, odd keys, errors, restart. The cases are in store_boto3.py.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { binary, root } from "../scripts/tools.mjs";

test("the embedded store, driven by boto3", () => {
  const python = process.env.TEST_PYTHON ?? join(root, ".cache", "python", "bin", "python");
  const done = spawnSync(python, [join(root, "tests", "store_boto3.py")], {
    env: { ...process.env, LANGFUSE_BLOB: binary },
  });
  assert.equal(done.status, 0, done.stderr.toString());
  assert.match(done.stderr.toString(), /Ran \d\d tests/);
});
