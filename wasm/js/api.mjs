// The package's functions over the compiled module: what JavaScript hands over becomes text, and what comes back objects.
// Nothing is decided here.

/** Why a call was refused. `code` is for programs, `help` says what to do. */
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

/** A variable that is set, to a value that is not known here. */
export const unknown = Object.freeze({ unknown: true });

const refused = (code, message, cause) =>
  new LangfuseBlobError({ code, message, help: null, fields: [], rule: null }, cause === undefined ? undefined : { cause });

/** What a getter threw, as a refusal; refusals stay as they are. */
function unreadable(what, cause, code = "invalid-input") {
  if (cause instanceof LangfuseBlobError) return cause;
  return refused(code, `${what} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
}

/** What the module throws is the text of a refusal. */
const raised = (thrown) => (typeof thrown === "string" ? new LangfuseBlobError(JSON.parse(thrown)) : thrown);

/** What a call of the module comes to. */
function call(name, ...args) {
  try {
    return module_[name](...args);
  } catch (thrown) {
    throw raised(thrown);
  }
}

let module_;

/** Takes the compiled module that everything here calls. */
export function use(compiled) {
  module_ = compiled;
}

const parsed = (name, ...args) => JSON.parse(call(name, ...args));

/** A value as JSON; a getter that throws, a circle or a BigInt is a refusal. */
function json(code, what, value) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw unreadable(what, cause, code);
  }
  if (text === undefined) throw refused(code, `${what}: this is ${typeof value === "undefined" ? "missing" : `a ${typeof value}`}`);
  return text;
}

const optionsOf = (options) => (options === undefined || options === null ? "" : json("invalid-option", "the options", options));

const text = (code, what, value) => {
  if (typeof value !== "string") throw refused(code, `${what} is no text`);
  return value;
};

/** What a variable holds, as a text; `undefined` where it is not set, an object where its text is not known. */
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
      if (value.unknown === true) return { unknown: true };
      if (typeof value.secret === "string") return { secret: value.secret };
  }
  throw refused("invalid-input", `${JSON.stringify(name)} is neither text, number nor truth value`);
}

/** Own variables of an object; whatever its getters do ends as a refusal. */
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

// `__proto__` is a name like any other, so objects are made without a prototype to set.
const object = (list) => list.reduce((all, [name, value]) => ((all[name] = value), all), Object.create(null));

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function part(value) {
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  if (!isObject(value)) throw refused("invalid-input", "a container has variables or a text");
  return object(entries(value));
}

const isFiles = (names, input) => names.length === 1 && names[0] === "files" && Array.isArray(input.files);

const isParts = (names) => names.length > 0 && names.every((name) => name === "web" || name === "worker");

/** What is to be read, as the module takes it. */
function subject(input) {
  if (typeof input === "string") return { text: input };
  if (!isObject(input)) throw refused("invalid-input", "give variables, a text, { web, worker } or { files }");
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

const named = (file) => ({
  file: text("invalid-input", "the name of a file", file?.file),
  text: text("invalid-input", "the text of a file", file?.text),
});

/** Texts as bytes, in one place: a text crosses cheapest as the bytes that it is. */
const encoder = new TextEncoder();
const SCRATCH = 1 << 16;
const scratch = new Uint8Array(SCRATCH);

function bytes(text) {
  // No text has more than three bytes a code unit.
  if (text.length * 3 > SCRATCH) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Names and values of variables, in the form that crosses cheapest; `null` where one is set to what is not known. */
function flat(input, names) {
  const fields = [];
  try {
    for (let at = 0; at < names.length; at++) {
      let value = input[names[at]];
      if (typeof value !== "string") {
        if (value === undefined || value === null) {
          return flat(input, names.filter((name) => input[name] !== undefined && input[name] !== null));
        }
        if (typeof value === "object") return null;
        value = held(names[at], value);
      }
      fields.push(value);
    }
  } catch (cause) {
    throw unreadable("the variables", cause);
  }
  // Names first, then values: two joins are cheaper than one of both in turn.
  return { count: names.length, text: names.length === 0 ? "" : `${names.join("\0")}\0${fields.join("\0")}\0` };
}

/** What each report was made of, so that it can be printed with its lines. */
const made = new WeakMap();

export function check(input, options) {
  const how = optionsOf(options);
  let variables = null;
  if (isObject(input)) {
    const names = own(input);
    if (!isParts(names) && !isFiles(names, input)) variables = flat(input, names);
  }
  let report;
  try {
    if (variables !== null) report = module_.checkVariables(bytes(variables.text), variables.count, how);
    else if (typeof input === "string") report = module_.checkText(bytes(input), how);
    else report = module_.check(JSON.stringify(subject(input)), how);
  } catch (thrown) {
    throw raised(thrown);
  }
  report = JSON.parse(report);
  made.set(report, { input, how });
  return report;
}

export function resolve(input, options) {
  return parsed("resolve", JSON.stringify(subject(input)), optionsOf(options));
}

export function render(report, format, files) {
  const known = isObject(report) ? made.get(report) : undefined;
  let from = "";
  if (files !== undefined && files !== null) from = JSON.stringify(subject({ files }));
  else if (known !== undefined) from = JSON.stringify(subject(known.input));
  return call("render", json("invalid-input", "the report", report), text("invalid-option", "the format", format), from, known?.how ?? "");
}

export function applyFixes(files, report, options) {
  if (!Array.isArray(files)) throw refused("invalid-input", "the files are no array of { file, text }");
  const list = files.map(named);
  for (const { file, text } of list) {
    if (!text.isWellFormed()) throw refused("invalid-input", `${file} holds half a surrogate pair, which no file can`);
  }
  return parsed("applyFixes", JSON.stringify(list), json("invalid-input", "the report", report), options?.unsafe === true);
}

export function explain(id) {
  return call("explain", id === undefined || id === null ? undefined : text("invalid-input", "the topic", id));
}

export function schema() {
  return parsed("schema");
}

const answers = (options) => json("invalid-option", "the options", options ?? {});

export function generateFile(format, options) {
  const random = crypto.getRandomValues(new Uint8Array(32));
  return parsed("generate", text("invalid-option", "the format", format), answers(options), random);
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

export function providers() {
  return parsed("providers");
}

const dated = (request) => (request?.date === undefined || request?.date === null ? { ...request, date: Date.now() } : request);

const signable = (what, request) => json("invalid-request", what, dated(request));

export function presign(request) {
  return call("presign", signable("the request", request));
}

export function sign(request) {
  return parsed("sign", signable("the request", request));
}

export function eventObjects(events, options) {
  return parsed("eventObjects", json("invalid-input", "the events", events), json("invalid-input", "the options", options ?? {}));
}

export function mediaObject(medium) {
  const { bytes, ...rest } = medium ?? {};
  if (bytes !== undefined && !(bytes instanceof Uint8Array)) throw refused("invalid-input", "`bytes` is no Uint8Array");
  return parsed("mediaObject", bytes, json("invalid-input", "the medium", rest));
}

export function exportFile(rows, format) {
  return call("exportFile", json("invalid-input", "the rows", rows), text("invalid-option", "the format", format));
}

const standard = (validate) => Object.freeze({ "~standard": Object.freeze({ version: 1, vendor: "langfuse-blob", validate }) });

/** A refusal of the input is an issue like any other: a validator does not throw. */
function validated(work) {
  try {
    const done = work();
    return done.issues === undefined ? { value: done.value ?? undefined } : { issues: done.issues };
  } catch (error) {
    if (error instanceof LangfuseBlobError) return { issues: [{ message: error.message }] };
    throw error;
  }
}

export const storageEnv = standard((value) => validated(() => {
  if (!isObject(value)) throw refused("invalid-input", "an environment is an object of variables");
  return parsed("storageEnvironment", JSON.stringify({ variables: object(entries(value)) }));
}));

const storageVariable = (name) => standard((value) => validated(() => {
  const given = held(name, value);
  if (typeof given === "object") throw refused("invalid-input", `${name} is no text`);
  return parsed("storageVariable", name, given);
}));

/** One schema a variable; made once the module is there. */
export function makeStorageVariables() {
  return Object.freeze(Object.fromEntries(call("variableNames").split("\n").map((name) => [name, storageVariable(name)])));
}
