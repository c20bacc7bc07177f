#!/usr/bin/env node
// `npx langfuse-blob`: the verbs of the binary that need no network, with its texts and exit codes. The command line is
// taken apart by the binary's own table (cli.json); what a verb does is the module's.
import { closeSync, fstatSync, openSync, readSync, realpathSync, renameSync, statSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const table = require("./cli.json");
const LARGEST = 64 * 1024 * 1024;

/** Ends with a text on standard error, as the binary's own parser does. */
class Wrong extends Error {}

/** A refusal with the usage of the verb; with flags in it where some are in use. */
function wrong(verb, message, { tip = "", used = [] } = {}) {
  const tipped = tip === "" ? "" : `\n  tip: ${tip}\n`;
  return new Wrong(`error: ${message}\n${tipped}\n${usage(verb, used)}\n\nFor more information, try '--help'.\n`);
}

function usage(verb, used) {
  if (verb === null) return table.help.usage;
  const { usage, positionals } = table.verbs[verb];
  if (used.length === 0) return usage;
  const places = positionals.map(({ name, required, many }) => `${required ? `<${name}>` : `[${name}]`}${many ? "..." : ""}`);
  return [`Usage: langfuse-blob ${verb}`, ...used.map(shown), ...places].join(" ");
}

/** How like two words are, from 0 to 1: the measure of Jaro, by which the binary finds what was meant. */
function likeness(a, b) {
  if (a === b) return 1;
  const reach = Math.max(Math.floor(Math.max(a.length, b.length) / 2) - 1, 0);
  const taken = new Array(b.length).fill(false);
  const common = [];
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (!taken[j] && a[i] === b[j]) {
        taken[j] = true;
        common.push(a[i]);
        break;
      }
    }
  }
  if (common.length === 0) return 0;
  const theirs = [...b].filter((_, j) => taken[j]);
  const moved = common.filter((c, i) => c !== theirs[i]).length / 2;
  return (common.length / a.length + common.length / b.length + (common.length - moved) / common.length) / 3;
}

/** The words that may have been meant, the likeliest last. */
function meant(word, known) {
  const near = known.map((name) => [likeness(word, name), name]).filter(([how]) => how > 0.7);
  return near.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
}

const shown = (flag) => `--${flag.name}${flag.value === null ? "" : ` <${flag.value}>`}`;

/** The values of a command line by flag. */
function parse(verb, args) {
  const { flags, positionals } = table.verbs[verb];
  const values = {};
  const used = [];
  let place = 0;
  let onlyFiles = false;
  const put = (argument, value) => {
    const list = argument.delimiter === null ? [value] : value.split(argument.delimiter);
    for (const word of list) {
      if (argument.words.length > 0 && !argument.words.includes(word)) throw invalid(argument, word);
    }
    (values[argument.name] ??= []).push(...list);
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (!onlyFiles && arg === "--") {
      onlyFiles = true;
    } else if (!onlyFiles && arg.startsWith("--")) {
      const [name, given] = split(arg.slice(2));
      if (name === "help") throw new Help(table.verbs[verb].long);
      const flag = flags.find((f) => f.name === name);
      if (flag === undefined) throw unexpected(verb, `--${name}`, positionals.length > place, used);
      if (flag.name in values && !flag.many) throw wrong(verb, `the argument '${shown(flag)}' cannot be used multiple times`);
      if (flag.value === null) {
        if (given !== undefined) throw wrong(verb, `unexpected value '${given}' for '--${name}' found; no more were expected`, { used: [...used, flag] });
        values[name] = ["true"];
        used.push(flag);
        continue;
      }
      if (!used.includes(flag)) used.push(flag);
      const next = args[at + 1];
      if (given !== undefined) put(flag, given);
      else if (next === undefined || (next.startsWith("-") && next !== "-")) throw missing(flag);
      else {
        put(flag, next);
        at += 1;
      }
    } else if (!onlyFiles && arg.startsWith("-") && arg !== "-") {
      if (arg === "-h") throw new Help(table.verbs[verb].short);
      throw unexpected(verb, arg.slice(0, 2), positionals.length > place, used);
    } else {
      const positional = positionals[Math.min(place, positionals.length - 1)];
      if (positional === undefined || (place >= positionals.length && !positionals.at(-1).many)) throw unexpected(verb, arg, false, used);
      if (!positional.many) place += 1;
      put(positional, arg);
    }
  }
  for (const positional of positionals) {
    if (positional.required && !(positional.name in values)) {
      throw new Wrong(`error: the following required arguments were not provided:\n  <${positional.name}>\n\n` +
        `${[`Usage: langfuse-blob ${verb}`, ...used.map(shown), `<${positional.name}>`].join(" ")}\n\nFor more information, try '--help'.\n`);
    }
  }
  if ("unsafe-fixes" in values && !("fix" in values)) {
    const fix = flags.find((f) => f.name === "fix");
    throw wrong(verb, "the following required arguments were not provided:\n  --fix", { used: [fix, ...used] });
  }
  return values;
}

class Help extends Error {}

function split(text) {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function unexpected(verb, arg, takesMore, used) {
  const message = `unexpected argument '${arg}' found`;
  const { flags } = table.verbs[verb];
  const near = arg.startsWith("--") ? meant(arg.slice(2), [...flags.map((f) => f.name), "help"]).at(-1) : undefined;
  const flag = flags.find((f) => f.name === near);
  if (near !== undefined) return wrong(verb, message, { tip: `a similar argument exists: '--${near}'`, used: flag ? [...used, flag] : used });
  return wrong(verb, message, { tip: takesMore && arg.startsWith("-") ? `to pass '${arg}' as a value, use '-- ${arg}'` : "", used });
}

function invalid(argument, word) {
  const what = argument.required ? `<${argument.name}>` : shown(argument);
  const near = meant(word, argument.words).at(-1);
  const tip = near === undefined ? "" : `\n  tip: a similar value exists: '${near}'\n`;
  return new Wrong(`error: invalid value '${word}' for '${what}'${possible(argument)}\n${tip}\nFor more information, try '--help'.\n`);
}

const possible = ({ words }) => (words.length > 0 ? `\n  [possible values: ${words.join(", ")}]` : "");

function missing(flag) {
  return new Wrong(`error: a value is required for '${shown(flag)}' but none was supplied${possible(flag)}\n\nFor more information, try '--help'.\n`);
}

/** What came of opening a file, as the module is told: its bytes, or a word. */
function open(name) {
  try {
    const file = openSync(name, "r");
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) return "folder";
      if (stat.size > LARGEST) return "too-large";
      // A device says that it has no bytes and gives them without end.
      const bytes = readAll(file);
      return bytes.length > LARGEST ? "too-large" : bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error.code === "ENOENT") return "missing";
    if (error.code === "EACCES" || error.code === "EPERM") return "denied";
    if (error.code === "EISDIR") return "folder";
    return `failed:${error.message}`;
  }
}

function standardInput() {
  try {
    return readAll(0);
  } catch (error) {
    return error.message;
  }
}

/** All bytes of an open file, or a few more than are taken. */
function readAll(file) {
  const parts = [];
  let length = 0;
  const buffer = Buffer.alloc(65536);
  for (;;) {
    let read;
    try {
      read = readSync(file, buffer);
    } catch (error) {
      if (error.code === "EOF") break;
      if (error.code === "EAGAIN") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      throw error;
    }
    if (read === 0) break;
    parts.push(Buffer.from(buffer.subarray(0, read)));
    length += read;
    if (length > LARGEST) break;
  }
  return Buffer.concat(parts);
}

/** Replaces a file in one step; a symbolic link is followed, permissions are kept. */
function replace(name, text) {
  const path = realpathSync(name);
  const beside = join(dirname(path), `.langfuse-blob-${process.pid}.tmp`);
  try {
    writeFileSync(beside, text, { mode: statSync(path).mode });
    renameSync(beside, path);
  } catch (error) {
    try {
      unlinkSync(beside);
    } catch {
      // It was not made.
    }
    throw error;
  }
}

/** Writes all of a text; a reader that went away (`| head`) is no error. */
function print(file, text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if (error.code === "EPIPE") return;
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const say = (line) => print(2, `${line}\n`);

/** A name as a part of a line: nothing in it moves the cursor, begins another line or is a workflow command. */
const shown = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?<=##)\[/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

const elsewhere = (verb) => new Wrong(`error: this package has no verb \`${verb}\`: it needs the network or this machine\n` +
  "help: The binary has it: `cargo install --path .` in https://github.com/langfuse-blob/langfuse-blob\n");

/** Whether Node looks for its own --env-file among the arguments of a program too: nodejs/node#54232. */
function takesEnvFile() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return process.versions.bun === undefined && process.versions.deno === undefined && (major < 22 || (major === 22 && minor < 15));
}

function run(args) {
  const [verb, ...rest] = args;
  if (verb === undefined) throw new Wrong(table.help.short);
  if (verb === "--help") throw new Help(table.help.long);
  if (verb === "-h") throw new Help(table.help.short);
  if (verb === "--version" || verb === "-V") throw new Help(table.version);
  if (verb === "help" && rest.length <= 1) {
    if (rest[0] === undefined) throw new Help(table.help.long);
    if (Object.hasOwn(table.verbs, rest[0])) throw new Help(table.verbs[rest[0]].long);
    if (table.others.includes(rest[0])) throw elsewhere(rest[0]);
    throw wrong(null, `unrecognized subcommand '${rest[0]}'`);
  }
  if (table.others.includes(verb)) throw elsewhere(verb);
  if (!Object.hasOwn(table.verbs, verb)) {
    if (verb.startsWith("-")) throw wrong(null, `unexpected argument '${verb}' found`);
    const near = meant(verb, table.order).map((name) => `'${name}'`);
    const tip = near.length === 0 ? "" : near.length === 1 ? `a similar subcommand exists: ${near[0]}` : `some similar subcommands exist: ${near.join(", ")}`;
    throw wrong(null, `unrecognized subcommand '${verb}'`, { tip });
  }
  const values = parse(verb, rest);
  if (Object.hasOwn(values, "env-file") && takesEnvFile()) {
    throw new Wrong(`error: Node.js ${process.versions.node} takes --env-file for itself, and obeys NODE_OPTIONS in that file\n` +
      `help: Name the file without the flag, \`langfuse-blob ${verb} .env\`, or use Node.js 22.15 or newer.\n`);
  }
  const { Session } = require("./bindings.cjs");
  const session = new Session(verb, JSON.stringify(values), JSON.stringify(process.env), crypto.getRandomValues(new Uint8Array(32)), colour());
  for (;;) {
    const step = JSON.parse(session.step());
    if (step.done !== undefined) {
      const { writes, out, talk, exit } = step.done;
      for (const [name, text] of writes) {
        try {
          replace(name, text);
        } catch (error) {
          const reason = { ENOENT: "there is no such file", EACCES: "permission denied", EPERM: "permission denied" }[error.code] ?? error.message;
          say(`error: ${shown(name)} cannot be written: ${reason}`);
          return 2;
        }
        say(`mended ${shown(name)}`);
      }
      print(1, out);
      talk.forEach(say);
      return exit;
    }
    for (const need of step.needs) {
      const got = need === null ? standardInput() : open(need);
      if (typeof got === "string") session.refuse(need ?? undefined, got);
      else session.give(need ?? undefined, got);
    }
  }
}

/** On a terminal, unless NO_COLOR is set or the terminal is dumb. */
function colour() {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (ended) {
  if (ended instanceof Help) print(1, ended.message);
  else if (ended instanceof Wrong) {
    print(2, ended.message);
    process.exitCode = 2;
  } else throw ended;
}
