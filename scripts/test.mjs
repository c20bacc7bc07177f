// `npm test`: everything that must hold before a change lands, cheapest first.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build, buildGoServers, npmBrowser, npmClients, npmPeers, python, root, run, toolchain } from "./tools.mjs";

const steps = [
  ["toolchain", toolchain],
  ["formatting", () => run("cargo", ["fmt", "--all", "--", "--check"])],
  ["formatting and lints of everything else", () => run(process.execPath, [join(root, "scripts", "lint.mjs")])],
  [
    "lints",
    () => run("cargo", ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]),
  ],
  ["the npm package", () => run(process.execPath, [join(root, "scripts", "build-wasm.mjs")])],
  // Before the binary, which takes the page in.
  ["the page of the wizard", () => run(process.execPath, [join(root, "scripts", "build-web.mjs")])],
  ["binary", () => build()],
  ["Rust tests", () => run("cargo", ["test", "--workspace", "--locked", "--quiet"])],
  [
    "other people's clients and servers",
    () => {
      python();
      npmClients();
      npmPeers();
      npmBrowser();
      buildGoServers();
    },
  ],
  [
    "end to end, with other clients and real servers",
    () => {
      const interpreter = python();
      const files = readdirSync(join(root, "tests"))
        .filter((name) => name.endsWith(".test.mjs"))
        .map((name) => join("tests", name));
      run(process.execPath, ["--test", "--test-concurrency=1", ...files], {
        env: { ...process.env, TEST_PYTHON: interpreter },
      });
    },
  ],
];

for (const [name, step] of steps) {
  const begun = process.hrtime.bigint();
  console.log(`\n== ${name}`);
  step();
  console.log(`== ${name}: ${Math.round(Number(process.hrtime.bigint() - begun) / 1e9)} s`);
}
