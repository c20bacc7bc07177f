// The main job, as a new user runs it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { binary } from "../scripts/tools.mjs";
import { ours } from "./harness.mjs";

test("demo runs from its first step to its last", () => {
  const demo = ours(["demo"]);
  assert.equal(demo.code, 0, demo.err);
  for (const step of [
    "check store.env",
    "upload file",
    "get 'events/demo",
    "presign get",
    "fetched: Hello",
    "doctor --env-file store.env",
    "No problems found.",
    "check broken.env",
    "generate env",
    "check aws.env",
    "Everything worked",
  ]) {
    assert.ok(demo.out.includes(step), `${step} is missing in\n${demo.out}`);
  }
});

test("a closed stdout ends the program quietly", () => {
  const done = spawnSync("sh", ["-c", '("$0" explain; echo "code $?" >&2) | head -n 1', binary]);
  assert.equal(done.stderr.toString(), "code 0\n");
  assert.equal(done.stdout.toString().split("\n").length, 2);
});

test("a store doesn't start if its keys can't be printed", { skip: process.platform === "win32" }, () => {
  for (const nowhere of [">&-", ">/dev/null"]) {
    const done = spawnSync("sh", ["-c", `exec "$0" store ${nowhere}`, binary], { timeout: 60_000 });
    assert.equal(done.status, 1, nowhere);
    assert.match(done.stderr.toString(), /keys/);
  }
});
