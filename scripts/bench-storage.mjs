// `npm run bench:storage`: uploads beside s5cmd and the aws cli in one run, as ratios, against a server that does nothing and
// against SeaweedFS. Nothing here is asserted: machines differ. `npm run bench:storage -- --small` leaves the 4 GiB out.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { benchPython, python, run, target } from "./tools.mjs";

const OBJECTS = 10_000;
const LARGE = 4 * 1024 ** 3;
const ROUNDS = 3;

run("cargo", ["build", "--release", "--locked", "--quiet", "--bins", "--example", "null_store"]);
process.env.TEST_PYTHON = python();
const { seaweedfs, variables } = await import("../tests/harness.mjs");
const tools = dirname(benchPython());
const dir = mkdtempSync(join(tmpdir(), "langfuse-blob-bench-"));
const after = [() => rmSync(dir, { recursive: true, force: true })];
const keep = { after: (work) => after.unshift(work) };

/** Wall and processor seconds and the largest resident size of a command, as GNU time sees them. */
function timed(command, args, env) {
  const done = spawnSync("time", ["-f", "%e %U %S %M", command, ...args], {
    cwd: dir,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${done.stdout}${done.stderr}`);
  const [wall, user, system, kib] = done.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { wall, cpu: user + system, mb: kib / 1024 };
}

/** Processor seconds that a process on Linux has taken so far. */
function taken(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The tools take turns, so that whatever else the machine does hits all of them; the median of each counts. */
function compare(what, store, contenders) {
  const seen = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    contenders.forEach(([, command, args], at) => {
      if (round > 0 && command.endsWith("aws")) return;
      const before = taken(store.pid);
      const run = timed(command, args, store.env);
      seen[at].push({ ...run, store: taken(store.pid) - before });
    });
  }
  const median = (runs, field) => runs.map((r) => r[field]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  const all = seen.map((runs) => ({
    wall: median(runs, "wall"),
    cpu: median(runs, "cpu"),
    store: median(runs, "store"),
    mb: Math.max(...runs.map((r) => r.mb)),
  }));
  console.log(what);
  contenders.forEach(([name], at) => {
    const { wall, cpu, store: there, mb } = all[at];
    // With every processor at work all the time, a client that costs nothing is that much faster: the store's share stays.
    const most = ((cpu + there) / all[0].store).toFixed(2);
    const beside =
      at === 0
        ? ""
        : `   ours: ${(wall / all[0].wall).toFixed(2)} x as fast, ${(all[0].cpu / cpu).toFixed(2)} of the processor time; a client that costs nothing: ${most} x as fast`;
    console.log(
      `  ${name.padEnd(14)} ${wall.toFixed(2).padStart(7)} s ${cpu.toFixed(2).padStart(7)} s of processor, the store ${there.toFixed(2).padStart(6)} s ${mb.toFixed(0).padStart(5)} MB${beside}`,
    );
  });
}

async function nullStore() {
  const child = spawn(join(target, "release", "examples", "null_store"), { stdio: ["ignore", "pipe", "inherit"] });
  keep.after(() => child.kill());
  const endpoint = await new Promise((resolve) => child.stdout.once("data", (line) => resolve(line.toString().trim())));
  return {
    name: "a server that does nothing",
    pid: child.pid,
    endpoint,
    region: "us-east-1",
    bucket: "b",
    keyId: "AKIAIOSFODNN7EXAMPLE",
    secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  };
}

try {
  mkdirSync(join(dir, "small"));
  for (let at = 0; at < OBJECTS; at += 1) writeFileSync(join(dir, "small", `${at}.json`), Buffer.alloc(4096, at));
  writeFileSync(join(dir, "large.bin"), "");
  truncateSync(join(dir, "large.bin"), LARGE);
  for (const start of [nullStore, () => seaweedfs(keep)]) {
    const store = await start();
    writeFileSync(join(dir, "store.env"), variables(store));
    store.env = {
      AWS_ACCESS_KEY_ID: store.keyId,
      AWS_SECRET_ACCESS_KEY: store.secret,
      AWS_REGION: store.region,
      S3_ENDPOINT_URL: store.endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: dir,
    };
    const ours = join(target, "release", "langfuse-blob");
    const s5cmd = join(tools, "s5cmd");
    const aws = join(tools, "aws");
    compare(`${OBJECTS} objects of 4 KiB to ${store.name}`, store, [
      ["langfuse-blob", ours, ["upload", "file", "small", "ours/", "--env-file", "store.env"]],
      ["s5cmd", s5cmd, ["--log", "error", "cp", "small/", `s3://${store.bucket}/s5cmd/`]],
      [
        "aws cli",
        aws,
        ["--endpoint-url", store.endpoint, "s3", "cp", "--quiet", "--recursive", "small", `s3://${store.bucket}/aws/`],
      ],
    ]);
    if (process.argv.includes("--small")) continue;
    compare(`one object of 4 GiB to ${store.name}`, store, [
      ["langfuse-blob", ours, ["upload", "file", "large.bin", "ours.bin", "--env-file", "store.env"]],
      ["s5cmd", s5cmd, ["--log", "error", "cp", "large.bin", `s3://${store.bucket}/s5cmd.bin`]],
      [
        "aws cli",
        aws,
        ["--endpoint-url", store.endpoint, "s3", "cp", "--quiet", "large.bin", `s3://${store.bucket}/aws.bin`],
      ],
    ]);
  }
} finally {
  for (const work of after) await work();
}
