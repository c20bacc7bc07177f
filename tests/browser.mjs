// A real browser for tests and scripts of the wizard's page, and the page as served by the binary.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { binary, root } from "../scripts/tools.mjs";
import "./home.mjs";

const home = createRequire(join(root, "tests", "browser", "package.json"));
const { chromium } = home("playwright-core");

/** Where the system's own Chromium may be. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

async function executable() {
  const installed = INSTALLED.find(existsSync);
  if (installed !== undefined) return installed;
  // It unpacks itself into the temporary directory, unless the files of any version are there. Another test file may be
  // unpacking it at the same time, so it gets its place only when it is complete.
  const { version } = home("./node_modules/@sparticuz/chromium/package.json");
  const place = join(root, ".cache", `chromium-${version}`);
  const program = join(place, "chromium");
  if (existsSync(program)) return program;
  const fresh = mkdtempSync(`${place}-`);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = fresh;
  try {
    const { default: carried } = await import(home.resolve("@sparticuz/chromium"));
    await carried.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  try {
    renameSync(fresh, place);
  } catch (error) {
    if (!existsSync(program)) throw error;
    rmSync(fresh, { recursive: true });
  }
  return program;
}

/** A browser without a sandbox, but otherwise with default settings, web security in particular. */
export async function launch() {
  return chromium.launch({ executablePath: await executable(), args: ["--no-sandbox"] });
}

export const axeSource = () => readFileSync(home.resolve("axe-core/axe.min.js"), "utf8");

/** `langfuse-blob wizard`: its URL with the token, and everything that it prints. */
export async function wizard({ env = {} } = {}) {
  const child = spawn(binary, ["wizard"], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const printed = { out: "", err: "" };
  child.stderr.on("data", (chunk) => (printed.err += chunk));
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`wizard ended with ${code}: ${printed.err}`)));
    child.stdout.on("data", (chunk) => {
      printed.out += chunk;
      if (printed.out.includes("\n")) resolve(new URL(printed.out.split("\n", 1)[0]));
    });
  });
  const stop = async (signal = "SIGINT") => {
    if (child.exitCode !== null) return child.exitCode;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return gone;
  };
  return { url, origin: url.origin, printed, stop, pid: child.pid };
}

const dist = join(root, "web", "dist");
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The built page on another web server, in a subdirectory. */
export async function serveStatic(context, address) {
  await context.route(`${address}**`, (route) => {
    const path = new URL(route.request().url()).pathname.slice(new URL(address).pathname.length);
    const file = join(dist, path === "" ? "index.html" : path);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ body: readFileSync(file), contentType: TYPES[extname(file)] ?? "application/octet-stream" });
  });
}

/** Answers a question of the form, for any type of input. */
export async function answer(page, option, value) {
  const field = page.locator(`[data-option="${option}"]`);
  const folded = page.locator(`details:not([open]):has([data-option="${option}"])`);
  if (await folded.count()) await folded.locator("> summary").click();
  if (typeof value === "boolean") return field.locator("input").setChecked(value);
  const radio = field.locator(`input[type=radio][value="${value}"]`);
  if (await radio.count()) return radio.check();
  const select = field.locator("select");
  if (await select.count()) return select.selectOption(value);
  return field.locator("input").first().fill(value);
}

/** Whether the current step has this question. */
const asks = async (page, option) => (await page.locator(`[data-option="${option}"]`).count()) > 0;

/** Answers step by step until the files appear; `see` inspects each step. */
export async function walk(page, answers, see = async () => {}) {
  const open = new Map(Object.entries(answers));
  for (;;) {
    const heading = await page.locator("h1").innerText();
    if (heading === "Files") break;
    for (const [option, value] of open) {
      if (!(await asks(page, option))) continue;
      await answer(page, option, value);
      open.delete(option);
    }
    await see(heading);
    await page.locator("form button[type=submit]").click();
    await page.locator("h1").filter({ hasNotText: heading }).waitFor();
  }
  await see("Files");
  if (open.size > 0) throw new Error(`never asked: ${[...open.keys()].join(", ")}`);
}

/** Clicks and returns the download. */
export async function downloaded(page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Reopens the form. */
export async function openForm(page, origin) {
  await page.goto(`${origin}/#start`);
  await page.reload();
  await page.goto(`${origin}/#setup`);
  await page.locator("form").waitFor();
}

/** Gives files to the page. */
export async function handOver(page, origin, files) {
  await page.goto(`${origin}/#start`);
  await page.reload();
  await page.goto(`${origin}/#fix`);
  await page
    .locator("input[type=file]")
    .setInputFiles(files.map(({ name, text }) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) })));
  await page.locator(".cm-editor").waitFor();
}
