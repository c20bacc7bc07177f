#!/usr/bin/env node
// `npx langfuse-blob`: the verbs of the binary that don't need the network, with the same output and exit codes. cli.json
// is the binary's own table of flags; the module runs the verb. Usage errors are worded as the binary words them, but have no
// suggestions.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative } from "node:path";
import { parseArgs } from "node:util";

const require = createRequire(import.meta.url);
const table = require("./cli.json");

/** Ends the run with a message on standard error and exit code 2, as the binary's parser does. */
class UsageError extends Error {}

/** Ends the run with a help text on standard output. */
class Help extends Error {}

/** An error with the usage of the verb, or of the program. */
function usageError(verb, message) {
  const { usage } = verb === null ? table.help : table.verbs[verb];
  return new UsageError(`error: ${message}\n\n${usage}\n\nFor more information, try '--help'.\n`);
}

const shown = (flag) => `--${flag.name}${flag.value === null ? "" : ` <${flag.value}>`}`;

const possible = ({ words }) => (words.length > 0 ? `\n  [possible values: ${words.join(", ")}]` : "");

/** The values of a command line, by the name of the flag or argument. */
function parse(verb, args) {
  const { flags, positionals } = table.verbs[verb];
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      { type: value === null ? "boolean" : "string", ...(short === null ? {} : { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const values = {};
  const put = (argument, name, value) => {
    if (argument.name in values && !argument.many)
      throw usageError(verb, `the argument '${name}' cannot be used multiple times`);
    const list = argument.delimiter === null ? [value] : value.split(argument.delimiter);
    const wrong = argument.words.length > 0 ? list.find((word) => !argument.words.includes(word)) : undefined;
    if (wrong !== undefined) throw usageError(verb, `invalid value '${wrong}' for '${name}'${possible(argument)}`);
    (values[argument.name] ??= []).push(...list);
  };
  const left = [...positionals];
  for (const { kind, rawName, value, inlineValue } of tokens) {
    if (kind === "positional") {
      const positional = left[0];
      if (positional === undefined) throw usageError(verb, `unexpected argument '${value}' found`);
      if (!positional.many) left.shift();
      put(positional, `<${positional.name}>`, value);
    } else if (kind === "option") {
      if (rawName === "-h") throw new Help(table.verbs[verb].short);
      if (rawName === "--help") throw new Help(table.verbs[verb].long);
      const flag = flags.find(({ name, short }) => rawName === `--${name}` || rawName === `-${short}`);
      if (flag === undefined) throw usageError(verb, `unexpected argument '${rawName}' found`);
      if (flag.value === null) {
        if (inlineValue)
          throw usageError(verb, `unexpected value '${value}' for '${rawName}' found; no more were expected`);
        put(flag, shown(flag), "true");
      } else if (value === undefined || (!inlineValue && /^-./.test(value))) {
        throw usageError(verb, `a value is required for '${shown(flag)}' but none was supplied${possible(flag)}`);
      } else put(flag, shown(flag), value);
    }
  }
  const given = flags.filter((flag) => Object.hasOwn(values, flag.name));
  for (const flag of given) {
    const other = given.find(({ name, conflicts }) => flag.conflicts.includes(name) || conflicts.includes(flag.name));
    if (other !== undefined)
      throw usageError(verb, `the argument '${shown(flag)}' cannot be used with '${shown(other)}'`);
  }
  const required = (argument) => argument.required || given.some((flag) => flag.requires.includes(argument.name));
  const missing = [...flags, ...positionals].filter((a) => !Object.hasOwn(values, a.name) && required(a));
  if (missing.length > 0) {
    const names = missing.map((a) => `\n  ${positionals.includes(a) ? `<${a.name}>` : shown(a)}`).join("");
    throw usageError(verb, `the following required arguments were not provided:${names}`);
  }
  return values;
}

/** `explain`: the texts are in explain.json; the module is only needed where a topic isn't one of their names. */
function explain(topic) {
  const topics = require("./data.cjs").topics();
  const { pageOn, topicNames } = require("./topics.cjs");
  const module = () => require("./bindings.cjs");
  const page = topic === undefined ? topics.list : pageOn(topics, topic, (text) => module().quoted(text));
  if (page !== undefined) {
    print(1, page);
    return 0;
  }
  if (topic === "-" || entry(topic) !== undefined) {
    throw new UsageError(
      "error: npx langfuse-blob doesn't explain logs\nhelp: Use the langfuse-blob binary, or pass one line of the log.\n",
    );
  }
  const [, lines] = JSON.parse(module().unknownTopic(topic, topicNames(topics)));
  lines.forEach(say);
  return 2;
}

/** A path and its parent directories, the path first. */
function ancestors(path) {
  const all = [path];
  for (let at = path; dirname(at) !== at && at !== "."; at = dirname(at)) all.push(dirname(at));
  return all;
}

/** The `lstat` of a path; undefined if it doesn't exist. */
function entry(path) {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

const isBelow = (path, directory) => {
  const way = relative(directory, path);
  return way === "" || (!isAbsolute(way) && way !== ".." && !/^\.\.[/\\]/.test(way));
};

/** The root of the git work tree that contains a real directory. It doesn't count if someone else owns its `.git`. */
function workTree(directory) {
  const root = ancestors(directory).find((at) => entry(join(at, ".git")) !== undefined);
  return root !== undefined && entry(join(root, ".git"))?.uid === entry(directory)?.uid ? root : undefined;
}

/** Whether a symbolic link in a path points out of the git work tree that contains the link. */
function leavesWorkTree(path) {
  return ancestors(path)
    .filter((at) => entry(at)?.isSymbolicLink())
    .some((link) => {
      const root = workTree(realpathSync(dirname(link)));
      return root !== undefined && !isBelow(realpathSync(link), root);
    });
}

/**
 * Opens a file for the module. Returns its bytes and whether they come from a stream, or a word for the failure. `within`
 * is undefined for any file, true for one that the user named, else the directory that a file named by an examined file
 * must be below: examined files are untrusted.
 */
function open(name, within) {
  try {
    let path = name;
    if (within === true && leavesWorkTree(name)) return "outside";
    if (typeof within === "string") {
      const below = realpathSync(within === "" ? "." : within);
      path = realpathSync(name);
      const root = workTree(below);
      if (!isBelow(path, below) && (root === undefined || !isBelow(path, root))) return "outside";
      const stat = statSync(path);
      if (stat.isDirectory()) return "directory";
      if (!stat.isFile()) return "special";
    }
    const careful = typeof within === "string" ? (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0) : 0;
    const file = openSync(path, constants.O_RDONLY | careful);
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) return "directory";
      if (typeof within === "string" && !stat.isFile()) return "special";
      if (stat.size > table.largestFile) return "too-large";
      // A device reports size 0 and may never end.
      const bytes = readAll(file);
      return bytes.length > table.largestFile ? "too-large" : { bytes, stream: !stat.isFile() };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error.code === "ENOENT") return "missing";
    if (error.code === "EACCES" || error.code === "EPERM") return "denied";
    if (error.code === "EISDIR") return "directory";
    return error.message;
  }
}

function standardInput() {
  try {
    return { bytes: readAll(0), stream: true };
  } catch (error) {
    return error.message;
  }
}

/** All bytes of an open file, or slightly more than the limit. */
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
    if (length > table.largestFile) break;
  }
  return Buffer.concat(parts);
}

/**
 * Replaces a file atomically. Follows symbolic links and keeps permissions. A file with hard links is written in place, or its
 * other names would keep the old text. Fails if the file has changed since it was read.
 */
function replace(name, before, text) {
  const path = realpathSync(name);
  if (!before.equals(readFileSync(path)))
    throw new Error("another program has changed it since it was read, and nothing was written; run it again");
  if (statSync(path).nlink > 1) {
    writeFileSync(path, text);
    return;
  }
  const beside = join(dirname(path), `.langfuse-blob-${process.pid}.tmp`);
  try {
    writeFileSync(beside, text, { mode: statSync(path).mode });
    renameSync(beside, path);
  } catch (error) {
    try {
      unlinkSync(beside);
    } catch {
      // It doesn't exist.
    }
    throw error;
  }
}

/** Writes a file atomically, or a device in place. */
function writeNew(name, text) {
  const there = entry(name);
  if (there !== undefined && !there.isFile()) {
    writeFileSync(name, text);
    return;
  }
  const beside = join(dirname(name), `.langfuse-blob-${process.pid}.tmp`);
  try {
    writeFileSync(beside, text, { mode: there?.mode, flag: "wx" });
    renameSync(beside, name);
  } catch (error) {
    try {
      unlinkSync(beside);
    } catch {
      // It doesn't exist.
    }
    throw error;
  }
}

/** Writes a text. A closed pipe (`| head`) isn't an error. */
function print(file, text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
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
const printable = (text) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?<=##)\[/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

const unsupported = (verb) =>
  new UsageError(
    `error: the npm package doesn't support \`${verb}\`, which needs network or system access\n` +
      "help: Install the binary: `cargo install --path .` in https://github.com/langfuse-blob/langfuse-blob\n",
  );

/** Whether Node also reads --env-file from a program's own arguments: nodejs/node#54232. */
function nodeReadsEnvFile() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return (
    process.versions.bun === undefined &&
    process.versions.deno === undefined &&
    (major < 22 || (major === 22 && minor < 15))
  );
}

/** The flags of every verb may also precede it: then they are moved behind it. */
function verbFirst(args) {
  const before = [];
  const rest = [...args];
  while (/^(-q|-v|-qv|-vq|--quiet|--verbose|--color(=.*)?)$/.test(rest[0] ?? "")) {
    const flag = rest.shift();
    before.push(flag, ...(flag === "--color" ? rest.splice(0, 1) : []));
  }
  const [verb, ...more] = rest;
  return verb === undefined || verb.startsWith("-") ? args : [verb, ...before, ...more];
}

function run(args) {
  const [verb, ...rest] = verbFirst(args);
  if (verb === undefined) throw new UsageError(table.help.short);
  if (verb === "--help") throw new Help(table.help.long);
  if (verb === "-h") throw new Help(table.help.short);
  if (verb === "--version" || verb === "-V") throw new Help(table.version);
  if (verb === "help" && rest.length <= 1) {
    if (rest[0] === undefined) throw new Help(table.help.long);
    if (Object.hasOwn(table.verbs, rest[0])) throw new Help(table.verbs[rest[0]].long);
    if (table.others.includes(rest[0])) throw unsupported(rest[0]);
    throw usageError(null, `unrecognized subcommand '${rest[0]}'`);
  }
  if (verb === "version") throw new Help(table.version);
  if (table.others.includes(verb)) throw unsupported(verb);
  if (!Object.hasOwn(table.verbs, verb)) {
    if (verb.startsWith("-")) throw usageError(null, `unexpected argument '${verb}' found`);
    throw usageError(null, `unrecognized subcommand '${verb}'`);
  }
  const values = parse(verb, rest);
  if (Object.hasOwn(values, "diff")) {
    throw new UsageError(
      "error: npx langfuse-blob doesn't support --diff\nhelp: Use the langfuse-blob binary, or compare a copy of the file.\n",
    );
  }
  const quiet = Object.hasOwn(values, "quiet");
  if (Object.hasOwn(values, "env-file") && nodeReadsEnvFile()) {
    throw new UsageError(
      `error: Node.js ${process.versions.node} reads --env-file itself, and applies NODE_OPTIONS from that file\n` +
        `help: Pass the file without the flag, as in \`langfuse-blob ${verb} .env\`, or use Node.js 22.15 or later.\n`,
    );
  }
  if (verb === "explain") return explain(values.TOPIC?.[0]);
  if (verb === "schema") {
    print(1, require("./data.cjs").schema());
    return 0;
  }
  const { run: runVerb } = require("./bindings.cjs");
  const given = new Map();
  const read = (got) => (typeof got === "string" ? { reason: got, stream: false } : got);
  const host = {
    open(name, anywhere, directory) {
      const got = read(open(name, anywhere ? undefined : (directory ?? true)));
      given.set(name, got.bytes);
      return got;
    },
    standardInput: () => read(standardInput()),
  };
  const random = crypto.getRandomValues(new Uint8Array(32));
  const output = runVerb(verb, JSON.stringify(values), JSON.stringify(process.env), random, useColor(values), host);
  const { writes, stdout, stderr, exit } = JSON.parse(output);
  for (const [name, text] of writes) {
    try {
      replace(name, given.get(name), text);
    } catch (error) {
      const reason =
        { ENOENT: "there is no such file", EACCES: "permission denied", EPERM: "permission denied" }[error.code] ??
        error.message;
      say(`error: ${printable(name)} can't be written: ${reason}`);
      return 2;
    }
    if (!quiet) say(`fixed ${printable(name)}`);
  }
  const target = values.output?.[0];
  if (target === undefined) print(1, stdout);
  else {
    try {
      writeNew(target, stdout);
    } catch (error) {
      say(`error: ${printable(target)} can't be written: ${error.message}`);
      return 2;
    }
    if (!quiet) say(`wrote ${printable(target)}`);
  }
  stderr.filter((line) => !quiet || !line.startsWith("note:")).forEach(say);
  return exit;
}

/** Whether to use colors: as --color says; else on a terminal, unless NO_COLOR is set or TERM is `dumb`. */
function useColor({ color, output }) {
  const when = color?.[0] ?? "auto";
  if (when !== "auto") return when === "always";
  const suits = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return suits && output === undefined;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (ended) {
  if (ended instanceof Help) print(1, ended.message);
  else if (ended instanceof UsageError) {
    print(2, ended.message);
    process.exitCode = 2;
  } else throw ended;
}
