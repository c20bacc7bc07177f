// `npm run bench`: ours beside other tools in one run, as ratios. Nothing here is asserted: machines differ.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run, target } from "./tools.mjs";

const output = (command, args, options = {}) => {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", ...options });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${done.stderr}`);
  return done.stdout;
};

run("cargo", ["build", "--release", "--locked", "--quiet"]);
const bench = join(root, "tests", "bench");
if (!existsSync(join(bench, "node_modules")))
  run("npm", ["ci", "--silent"], { cwd: bench, shell: process.platform === "win32" });

const ours = JSON.parse(
  output("cargo", ["bench", "--quiet", "--locked", "-p", "langfuse-blob-core", "--bench", "check"]),
);
const zod = Number(output(process.execPath, [join(bench, "zod.mjs")]));
console.log("A clean .env of 47 variables, one thread");
console.log(`  langfuse-blob, read and all rules   ${perSecond(ours.check_ns)} a second`);
console.log(`  langfuse-blob, read alone           ${perSecond(ours.read_ns)} a second`);
console.log(`  dotenv + zod in Node                ${perSecond(zod)} a second`);
console.log(`  ratio                               ${(zod / ours.check_ns).toFixed(1)} x\n`);

// A process from start to end: the median wall time, and the largest resident size as GNU time sees it. (A size taken
// from a large parent's own accounts would be the parent's.)
const measure = `
import subprocess, sys, time
times = []
for _ in range(40):
    begun = time.perf_counter()
    subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
    times.append(time.perf_counter() - begun)
times.sort()
print(times[len(times) // 2] * 1000)
`;
function process_(command, args, options) {
  const ms = Number(output("python3", ["-c", measure, command, ...args], options));
  const timed = spawnSync("time", ["-f", "%M", command, ...args], { cwd: root, encoding: "utf8", ...options });
  const mb = timed.error ? NaN : Number(timed.stderr.trim().split("\n").at(-1)) / 1024;
  return { ms, mb };
}
const binary = join(target, "release", "langfuse-blob");
const check = process_(binary, ["check", "tests/fixtures/bench/clean.env"]);
const node = process_(process.execPath, ["-e", "import('dotenv').then(()=>import('zod'))"], { cwd: bench });
console.log("As a process, start to end (median of 40)");
console.log(`  langfuse-blob check                 ${check.ms.toFixed(1)} ms, ${check.mb.toFixed(1)} MB`);
console.log(`  node importing dotenv and zod       ${node.ms.toFixed(1)} ms, ${node.mb.toFixed(1)} MB`);
console.log(
  `  ratio                               ${(node.ms / check.ms).toFixed(1)} x time, ${(node.mb / check.mb).toFixed(1)} x memory\n`,
);
console.log(output("cargo", ["bench", "--quiet", "--locked", "-p", "langfuse-blob-core", "--bench", "presign"]).trim());

function perSecond(ns) {
  return Math.round(1e9 / ns)
    .toLocaleString("en")
    .padStart(9);
}
