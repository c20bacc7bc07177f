// The package's functions: convert arguments to text, call the compiled module, and convert its results to objects.
// All decisions are the module's. What takes no input (pages, schema, providers) is data beside it.
import { pageOn, topicNames } from "./topics.mjs";

/** Why a call failed. `code` is for programs, `help` says what to do. */
export class LangfuseBlobError extends Error {
  constructor({ code, message, help, fields, rule }, options) {
    super(message, options);
    this.name = "LangfuseBlobError";
    this.code = code;
    this.help = help;
    this.fields = fields;
    this.rule = rule;
  }
}

/** The value of a variable that is set, but whose value is unknown here. */
export const unknown = Object.freeze({ unknown: true });

const failure = (code, message, cause) =>
  new LangfuseBlobError(
    { code, message, help: null, fields: [], rule: null },
    cause === undefined ? undefined : { cause },
  );

/** Wraps what a getter threw, unless it's our own error. */
function unreadable(what, cause, code = "invalid-input") {
  if (cause instanceof LangfuseBlobError) return cause;
  return failure(code, `can't read ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
}

/** The module throws errors as JSON text. */
const toError = (thrown) => (typeof thrown === "string" ? new LangfuseBlobError(JSON.parse(thrown)) : thrown);

/** Calls a function of the module. */
function call(name, ...args) {
  try {
    return module_[name](...args);
  } catch (thrown) {
    throw toError(thrown);
  }
}

let module_;
let data_;

/** Sets the compiled module that all functions here call, and the data files: schema and providers as JSON, explain.json parsed. */
export function use(compiled, data) {
  module_ = compiled;
  data_ = data;
}

const parsed = (name, ...args) => JSON.parse(call(name, ...args));

/** A value as JSON. Fails on a getter that throws, a circular reference or a BigInt. */
function json(code, what, value) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw unreadable(what, cause, code);
  }
  if (text === undefined)
    throw failure(code, `expected ${what}, got ${value === undefined ? "undefined" : `a ${typeof value}`}`);
  return text;
}

const optionsOf = (options) =>
  options === undefined || options === null ? "" : json("invalid-option", "the options", options);

const text = (code, what, value) => {
  if (typeof value !== "string") throw failure(code, `${what} isn't a string`);
  return value;
};

/** The value of a variable as a string; `undefined` if it isn't set, an object if its value is unknown. */
function held(name, value) {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    case "undefined":
      return undefined;
    case "object":
      if (value === null) return undefined;
      try {
        if (value.unknown === true) return { unknown: true };
        if (typeof value.secret === "string") return { secret: value.secret };
      } catch (cause) {
        throw unreadable(JSON.stringify(name), cause);
      }
  }
  throw failure("invalid-input", `${JSON.stringify(name)} isn't a string, number or boolean`);
}

/** The own variables of an object. Fails if one of its getters throws. */
function entries(variables) {
  try {
    const out = [];
    for (const name of Object.keys(variables)) {
      const value = held(name, variables[name]);
      if (value !== undefined) out.push([name, value]);
    }
    return out;
  } catch (cause) {
    throw unreadable("the variables", cause);
  }
}

// Without a prototype, because `__proto__` is a name like any other.
const object = (list) => list.reduce((all, [name, value]) => ((all[name] = value), all), Object.create(null));

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function part(value) {
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  if (!isObject(value)) throw failure("invalid-input", "expected variables or a string for the container");
  return object(entries(value));
}

const isFiles = (names, input) => names.length === 1 && names[0] === "files" && Array.isArray(input.files);

const isParts = (names) => names.length > 0 && names.every((name) => name === "web" || name === "worker");

/** The input in the form that the module accepts. */
function subject(input) {
  try {
    return shaped(input);
  } catch (cause) {
    throw unreadable("the input", cause);
  }
}

function shaped(input) {
  if (typeof input === "string") return { text: input };
  if (!isObject(input)) throw failure("invalid-input", "expected variables, a string, { web, worker } or { files }");
  const names = own(input);
  if (isFiles(names, input)) return { files: input.files.map(named) };
  if (isParts(names)) return { containers: { web: part(input.web), worker: part(input.worker) } };
  return { variables: object(entries(input)) };
}

function own(input) {
  try {
    return Object.keys(input);
  } catch (cause) {
    throw unreadable("the input", cause);
  }
}

function named(file) {
  try {
    return {
      file: text("invalid-input", "a file's name", file?.file),
      text: text("invalid-input", "a file's text", file?.text),
    };
  } catch (cause) {
    throw unreadable("a file", cause);
  }
}

/** Whether an option is `true`. */
function isOn(options, name) {
  try {
    return options?.[name] === true;
  } catch (cause) {
    throw unreadable("the options", cause, "invalid-option");
  }
}

/** Strings as UTF-8 in one buffer: passing bytes to the module is cheaper than passing strings. */
const encoder = new TextEncoder();
const SCRATCH = 1 << 16;
const scratch = new Uint8Array(SCRATCH);

function bytes(text) {
  // A UTF-16 code unit takes at most three bytes.
  if (text.length * 3 > SCRATCH) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Names and values of variables, in the form that is cheapest to pass; `null` if a value is unknown. */
function flat(input, names) {
  const fields = [];
  try {
    for (let at = 0; at < names.length; at++) {
      let value = input[names[at]];
      if (typeof value !== "string") {
        if (value === undefined || value === null) {
          return flat(
            input,
            names.filter((name) => input[name] !== undefined && input[name] !== null),
          );
        }
        if (typeof value === "object") return null;
        value = held(names[at], value);
      }
      fields.push(value);
    }
  } catch (cause) {
    throw unreadable("the variables", cause);
  }
  // Names first, then values: two joins are cheaper than one that alternates.
  return { count: names.length, text: names.length === 0 ? "" : `${names.join("\0")}\0${fields.join("\0")}\0` };
}

/** The input of each report, so that `render` can quote its lines. */
const inputs = new WeakMap();

export function check(input, options) {
  const how = optionsOf(options);
  let variables = null;
  if (isObject(input)) {
    const names = own(input);
    if (!isParts(names) && !(names.length === 1 && names[0] === "files")) variables = flat(input, names);
  }
  let report;
  try {
    if (variables !== null) report = module_.checkVariables(bytes(variables.text), variables.count, how);
    else if (typeof input === "string") report = module_.checkText(bytes(input), how);
    else report = module_.check(JSON.stringify(subject(input)), how);
  } catch (thrown) {
    throw toError(thrown);
  }
  report = JSON.parse(report);
  inputs.set(report, { input, how });
  return report;
}

export function resolve(input, options) {
  return parsed("resolve", JSON.stringify(subject(input)), optionsOf(options));
}

export function render(report, format, files) {
  const known = isObject(report) ? inputs.get(report) : undefined;
  let from = "";
  if (files !== undefined && files !== null) from = JSON.stringify(subject({ files }));
  else if (known !== undefined) from = JSON.stringify(subject(known.input));
  return call(
    "render",
    json("invalid-input", "the report", report),
    text("invalid-option", "the format", format),
    from,
    known?.how ?? "",
  );
}

export function applyFixes(files, report, options) {
  if (!Array.isArray(files)) throw failure("invalid-input", "expected an array of { file, text }");
  const list = files.map(named);
  for (const { file, text } of list) {
    if (!text.isWellFormed())
      throw failure("invalid-input", `${file} contains a lone surrogate, which UTF-8 can't encode`);
  }
  return parsed(
    "applyFixes",
    JSON.stringify(list),
    json("invalid-input", "the report", report),
    isOn(options, "unsafe"),
  );
}

export function explain(id) {
  if (id === undefined || id === null) return data_.topics().list;
  const topic = text("invalid-input", "the topic", id);
  const topics = data_.topics();
  const page = pageOn(topics, topic, module_.quoted);
  if (page !== undefined) return page;
  const [error] = parsed("unknownTopic", topic, topicNames(topics));
  throw new LangfuseBlobError(error);
}

export function schema() {
  return JSON.parse(data_.schema());
}

const answers = (options) => json("invalid-option", "the options", options ?? {});

const random = () => crypto.getRandomValues(new Uint8Array(32));

export function generateFile(format, options) {
  return parsed("generate", text("invalid-option", "the format", format), answers(options), random());
}

export function generateFiles(format, options) {
  return parsed("generateFiles", text("invalid-option", "the format", format), answers(options), random());
}

export function generatePassword() {
  return call("password", random());
}

export function formats(deployment) {
  return parsed(
    "formats",
    deployment === undefined || deployment === null ? "" : text("invalid-option", "the deployment method", deployment),
  );
}

export function fields() {
  return parsed("fields");
}

export function generate(format, options) {
  return generateFile(format, options).contents;
}

export function questions(format, options) {
  return parsed("questions", text("invalid-option", "the format", format), answers(options));
}

export function recall(input, options) {
  return parsed("recall", JSON.stringify(subject(input)), optionsOf(options));
}

export function connections(input, options) {
  return parsed("connections", JSON.stringify(subject(input)), optionsOf(options));
}

export function fileName(contents) {
  return call("fileName", text("invalid-input", "the text", contents));
}

export function providers() {
  return JSON.parse(data_.providers());
}

/** The request with a date. */
function dated(request) {
  try {
    return request?.date === undefined || request?.date === null ? { ...request, date: Date.now() } : request;
  } catch (cause) {
    throw unreadable("the request", cause, "invalid-request");
  }
}

const signable = (what, request) => json("invalid-request", what, dated(request));

export function presign(request) {
  return call("presign", signable("the request", request));
}

export function sign(request) {
  return parsed("sign", signable("the request", request));
}

export function eventObjects(events, options) {
  return parsed(
    "eventObjects",
    json("invalid-input", "the events", events),
    json("invalid-input", "the options", options ?? {}),
  );
}

export function mediaObject(medium) {
  let bytes;
  let rest;
  try {
    ({ bytes, ...rest } = medium ?? {});
  } catch (cause) {
    throw unreadable("the media file", cause);
  }
  if (bytes !== undefined && !(bytes instanceof Uint8Array))
    throw failure("invalid-input", "`bytes` isn't a Uint8Array");
  return parsed("mediaObject", bytes, json("invalid-input", "the media file", rest));
}

export function exportFile(rows, format) {
  return call("exportFile", json("invalid-input", "the rows", rows), text("invalid-option", "the format", format));
}

const standard = (validate) =>
  Object.freeze({ "~standard": Object.freeze({ version: 1, vendor: "langfuse-blob", validate }) });

/** Reports invalid input as an issue, because a Standard Schema validator doesn't throw. */
function validated(work) {
  try {
    const done = work();
    return done.issues === undefined ? { value: done.value ?? undefined } : { issues: done.issues };
  } catch (error) {
    if (error instanceof LangfuseBlobError) return { issues: [{ message: error.message }] };
    throw error;
  }
}

export const storageEnv = standard((value) =>
  validated(() => {
    if (!isObject(value)) throw failure("invalid-input", "expected an object of variables");
    return parsed("storageEnvironment", JSON.stringify({ variables: object(entries(value)) }));
  }),
);

const storageVariable = (name) =>
  standard((value) =>
    validated(() => {
      const given = held(name, value);
      if (typeof given === "object") throw failure("invalid-input", `${name} isn't a string`);
      return parsed("storageVariable", name, given);
    }),
  );

/** A schema for each variable. Needs the module. */
export function makeStorageVariables() {
  return Object.freeze(
    Object.fromEntries(
      call("variableNames")
        .split("\n")
        .map((name) => [name, storageVariable(name)]),
    ),
  );
}
