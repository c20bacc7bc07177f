// `npm run lint`: formatters and linters of everything that isn't Rust; `npm run format` lets them change files.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { lintPython, npmLint, root, run } from "./tools.mjs";

const write = process.argv.includes("--write");
const home = npmLint();
const biome = join(home, "node_modules", "@biomejs", "biome", "bin", "biome");
const markdown = join(home, "node_modules", "markdownlint-cli2", "markdownlint-cli2-bin.mjs");
const ruff = join(dirname(lintPython()), process.platform === "win32" ? "ruff.exe" : "ruff");

/** The files of the repository with one of these endings; what is generated has its own tests. */
function files(...endings) {
  const listed = spawnSync("git", ["ls-files", "--", ...endings.map((ending) => `*.${ending}`)], {
    cwd: root,
    encoding: "utf8",
  });
  const generated = [
    "wasm/js/types.d.ts",
    "wasm/js/cli.json",
    "wasm/js/explain.json",
    "wasm/js/providers.json",
    "wasm/js/schema.json",
  ];
  return listed.stdout
    .split("\n")
    .filter(
      (file) =>
        file !== "" &&
        !file.startsWith("tests/fixtures/") &&
        !file.startsWith("docs/rules/") &&
        !generated.includes(file),
    );
}

const scripts = files("mjs", "js", "cjs", "ts", "tsx", "css");
const biomeFlags = [
  `--config-path=${join(home, "biome.json")}`,
  "--error-on-warnings",
  "--max-diagnostics=50",
  ...(write ? ["--write"] : []),
];
for (const verb of ["format", "lint"]) run(process.execPath, [biome, verb, ...biomeFlags, ...scripts]);
run(process.execPath, [
  markdown,
  "--config",
  join(home, "markdown.markdownlint-cli2.jsonc"),
  ...(write ? ["--fix"] : []),
  ...files("md"),
]);
const python = files("py");
run(ruff, ["format", ...(write ? [] : ["--check"]), "--quiet", "--line-length", "120", ...python]);
run(ruff, [
  "check",
  ...(write ? ["--fix"] : []),
  "--quiet",
  "--line-length",
  "120",
  "--select",
  "E,F,W,I,B,UP",
  "--ignore",
  "E501",
  ...python,
]);
