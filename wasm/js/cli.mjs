#!/usr/bin/env node
// `npx langfuse-blob`: the verbs of the binary that need no network, with its texts and exit codes. The command line is
// taken apart by the binary's own table (cli.json); what a verb does is the module's.
import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync, renameSync, statSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const table = require("./cli.json");
const LARGEST = 64 * 1024 * 1024;

/** Ends with a text on standard error, as the binary's own parser does. */
class Wrong extends Error {}

const wrong = (verb, message, tip = "") => {
  const usage = (verb === null ? table.help : table.verbs[verb]).usage;
  const helped = verb === null ? "langfuse-blob --help" : "--help";
  return new Wrong(`error: ${message}\n${tip === "" ? "" : `\n  tip: ${tip}\n`}\n${usage}\n\nFor more information, try '${verb === null ? "--help" : helped}'.\n`);
};

const shown = (flag) => `--${flag.name}${flag.value === null ? "" : ` <${flag.value}>`}`;

/** The values of a command line by flag. */
function parse(verb, args) {
  const { flags, positionals } = table.verbs[verb];
  const values = {};
  let place = 0;
  let onlyFiles = false;
  const put = (argument, value) => {
    const list = argument.delimiter === null ? [value] : value.split(argument.delimiter);
    for (const word of list) {
      if (argument.words.length > 0 && !argument.words.includes(word)) throw invalid(verb, argument, word);
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
      if (flag === undefined) throw unexpected(verb, `--${name}`, positionals.length > place);
      if (flag.name in values && !flag.many) throw wrong(verb, `the argument '${shown(flag)}' cannot be used multiple times`);
      if (flag.value === null) {
        if (given !== undefined) throw wrong(verb, `unexpected value '${given}' for '--${name}' found; no more were expected`);
        values[name] = ["true"];
        continue;
      }
      const next = args[at + 1];
      if (given !== undefined) put(flag, given);
      else if (next === undefined || (next.startsWith("-") && next !== "-")) throw missing(verb, flag);
      else {
        put(flag, next);
        at += 1;
      }
    } else if (!onlyFiles && arg.startsWith("-") && arg !== "-") {
      if (arg === "-h") throw new Help(table.verbs[verb].short);
      throw unexpected(verb, arg.slice(0, 2), positionals.length > place);
    } else {
      const positional = positionals[Math.min(place, positionals.length - 1)];
      if (positional === undefined || (place >= positionals.length && !positionals.at(-1).many)) throw unexpected(verb, arg, false);
      if (!positional.many) place += 1;
      put(positional, arg);
    }
  }
  for (const positional of positionals) {
    if (positional.required && !(positional.name in values)) {
      throw wrong(verb, `the following required arguments were not provided:\n  <${positional.name}>`);
    }
  }
  if ("unsafe-fixes" in values && !("fix" in values)) throw wrong(verb, "the following required arguments were not provided:\n  --fix");
  return values;
}

class Help extends Error {}

function split(text) {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function unexpected(verb, arg, takesMore) {
  return wrong(verb, `unexpected argument '${arg}' found`, takesMore ? `to pass '${arg}' as a value, use '-- ${arg}'` : "");
}

function invalid(verb, argument, word) {
  const what = argument.value === null || argument.required ? `<${argument.name}>` : shown(argument);
  const words = argument.words.length > 0 ? `\n  [possible values: ${argument.words.join(", ")}]` : "";
  return new Wrong(`error: invalid value '${word}' for '${what}'${words}\n\nFor more information, try '--help'.\n`);
}

function missing(verb, flag) {
  const words = flag.words.length > 0 ? `\n  [possible values: ${flag.words.join(", ")}]` : "";
  return new Wrong(`error: a value is required for '${shown(flag)}' but none was supplied${words}\n\nFor more information, try '--help'.\n`);
}

/** What came of opening a file, as the module is told: its bytes, or a word. */
function open(name) {
  try {
    const file = openSync(name, "r");
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) return "folder";
      return stat.size > LARGEST ? "too-large" : limited(readFileSync(file));
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

const limited = (bytes) => (bytes.length > LARGEST ? "too-large" : bytes);

function standardInput() {
  const parts = [];
  let length = 0;
  const buffer = Buffer.alloc(65536);
  for (;;) {
    let read;
    try {
      read = readSync(0, buffer);
    } catch (error) {
      if (error.code === "EOF") break;
      if (error.code === "EAGAIN") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      return error.message;
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

function run(args) {
  const [verb, ...rest] = args;
  if (verb === undefined) throw new Wrong(table.help.short);
  if (verb === "--help") throw new Help(table.help.long);
  if (verb === "-h") throw new Help(table.help.short);
  if (verb === "--version" || verb === "-V") throw new Help(table.version);
  if (verb === "help" && rest.length <= 1) {
    if (rest[0] === undefined) throw new Help(table.help.long);
    if (rest[0] in table.verbs) throw new Help(table.verbs[rest[0]].long);
  }
  if (table.others.includes(verb)) {
    throw new Wrong(`error: this package has no verb \`${verb}\`: it needs the network or this machine\n` +
      "help: The binary has it: `cargo install --path .` in https://github.com/langfuse-blob/langfuse-blob\n");
  }
  if (!(verb in table.verbs)) {
    throw verb.startsWith("-") ? wrong(null, `unexpected argument '${verb}' found`) : wrong(null, `unrecognized subcommand '${verb}'`);
  }
  const values = parse(verb, rest);
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
          say(`error: ${name} cannot be written: ${reason}`);
          return 2;
        }
        say(`mended ${name}`);
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
