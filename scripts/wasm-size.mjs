// `npm run size`: what the module consists of, by section and by crate, from a build that still has its names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { target } from "./tools.mjs";

/** Bytes after brotli at its best: what a browser loads. */
export function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}

/** Sections of a module, with the sizes and names of its functions. */
export function dissect(bytes) {
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = leb();
    const out = bytes.toString("utf8", at, at + length);
    at += length;
    return out;
  };
  const sections = [];
  const functions = [];
  const names = new Map();
  let imported = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = leb();
    const start = at;
    const end = at + length;
    let name = [
      "custom",
      "type",
      "import",
      "function",
      "table",
      "memory",
      "global",
      "export",
      "start",
      "element",
      "code",
      "data",
      "data count",
      "tag",
    ][id];
    if (id === 0) {
      name = `custom ${text()}`;
      if (name === "custom name") {
        while (at < end) {
          const kind = bytes[at++];
          const size = leb();
          const stop = at + size;
          if (kind === 1) for (let n = leb(); n > 0; n--) names.set(leb(), text());
          at = stop;
        }
      }
    } else if (id === 2) {
      for (let n = leb(); n > 0; n--) {
        text();
        text();
        if (bytes[at++] === 0) {
          imported++;
          leb();
        } else break;
      }
    } else if (id === 10) {
      for (let n = leb(); n > 0; n--) {
        const size = leb();
        functions.push({ size, at });
        at += size;
      }
    }
    sections.push({ name, size: length, bytes: bytes.subarray(start, end) });
    at = end;
  }
  functions.forEach((f, i) => (f.name = names.get(i + imported) ?? "?"));
  return { sections, functions };
}

/** The crate and module that a symbol belongs to. */
function owner(symbol, depth) {
  const plain = symbol
    .replace(/^</, "")
    .replace(/ as .*/, "")
    .replace(/^(&|mut |\[|\()+/, "");
  const path = plain.match(/[a-z_0-9]+(::[a-z_0-9]+)*/i)?.[0] ?? symbol;
  return path.split("::").slice(0, depth).join("::");
}

if (process.argv[1]?.endsWith("wasm-size.mjs")) {
  const file = process.argv[2] ?? join(target, "wasm-package", "named.wasm");
  const bytes = readFileSync(file);
  const { sections, functions } = dissect(bytes);
  const print = (rows) =>
    rows.forEach(([name, size, packed]) =>
      console.log(`${String(size).padStart(9)} ${packed === undefined ? "" : String(packed).padStart(8)}  ${name}`),
    );
  console.log("section: bytes, brotli by itself");
  print(sections.map((s) => [s.name, s.size, brotli(s.bytes)]));
  for (const depth of [1, 3]) {
    const groups = new Map();
    for (const f of functions) {
      const key = owner(f.name, depth);
      const group = groups.get(key) ?? { size: 0, parts: [] };
      group.size += f.size;
      group.parts.push(bytes.subarray(f.at, f.at + f.size));
      groups.set(key, group);
    }
    console.log(`\ncode by ${depth === 1 ? "crate" : "module"}: bytes, brotli by itself`);
    print(
      [...groups]
        .sort((a, b) => b[1].size - a[1].size)
        .slice(0, depth === 1 ? 25 : 70)
        .map(([name, g]) => [name, g.size, brotli(Buffer.concat(g.parts))]),
    );
  }
  console.log("\nlargest functions");
  print(
    functions
      .toSorted((a, b) => b.size - a.size)
      .slice(0, 60)
      .map((f) => [f.name, f.size]),
  );
}
