// One call of the compiled module, as Node and the browser make it in the parity tests.
const encoder = new TextEncoder();

export function raw(bindings, [name, ...given]) {
  const calls = {
    checkText: (text, options) => bindings.checkText(encoder.encode(text), options),
    checkVariables: (flat, count, options) => bindings.checkVariables(encoder.encode(flat), Number(count), options),
    generate: (format, options) => bindings.generate(format, options, new Uint8Array(32).fill(7)),
    generateFiles: (format, options) => bindings.generateFiles(format, options, new Uint8Array(32).fill(7)),
    password: () => bindings.password(new Uint8Array(32).fill(7)),
    applyFixes: (files, report, unsafe) => bindings.applyFixes(files, report, unsafe === "true"),
    mediaObject: (medium) => bindings.mediaObject(undefined, medium),
  };
  try {
    return { ok: (calls[name] ?? bindings[name])(...given) };
  } catch (thrown) {
    if (typeof thrown !== "string") throw thrown;
    return { thrown };
  }
}
