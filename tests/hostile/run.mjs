// What the tests of hostile stores share: running a command against one.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../../scripts/tools.mjs";
import { variables } from "../harness.mjs";

export const MIB = 1 << 20;
export const keys = {
  bucket: "langfuse",
  keyId: "hostilehostilehostil",
  secret: Buffer.alloc(64, "hostile ").toString("base64"),
};

/** Starts a command against `endpoint`, in its own directory. */
export function begin(dir, endpoint, args, { azure = false, input, env = {}, seconds = 100 } = {}) {
  writeFileSync(
    join(dir, "store.env"),
    variables({ ...keys, endpoint: azure ? `${endpoint}/${keys.keyId}` : endpoint, azure }),
  );
  const child = spawn(binary, [...args, "--env-file", "store.env"], {
    cwd: dir,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", NO_PROXY: "*", XDG_STATE_HOME: join(dir, "state"), ...env },
  });
  const own = { child, out: "", err: "" };
  child.stdin.end(input);
  const out = [];
  child.stdout.on("data", (chunk) => {
    out.push(chunk);
    own.out = Buffer.concat(out).toString();
  });
  child.stderr.on("data", (chunk) => (own.err += chunk));
  // A command that never ends fails its test.
  const late = setTimeout(() => child.kill("SIGKILL"), seconds * 1_000);
  own.ended = new Promise((resolve) =>
    child.once("close", (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal, out: own.out, err: own.err, raw: Buffer.concat(out) });
    }),
  );
  return own;
}

export const run = (...args) => begin(...args).ended;

/** What every message about the object `k` contains. */
export const NAMED = /object `k` in bucket `langfuse`/;

/** For tests whose cases have a store and a directory each, and mostly wait between two attempts. */
export const SIDE_BY_SIDE = { concurrency: 8 };
