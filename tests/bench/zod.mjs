// dotenv + zod on the same .env, with Langfuse's own kinds of declarations: prints the median nanoseconds a call.
import { readFileSync } from "node:fs";
import { parse } from "dotenv";
import { z } from "zod";

const text = readFileSync(new URL("../fixtures/bench/clean.env", import.meta.url), "utf8");
const bool = z.enum(["true", "false"]);
const declaration = (name, value) => {
  if (value === "true" || value === "false") return bool.default("false");
  if (/^\d+$/.test(value)) return z.coerce.number().positive().default(1);
  if (name.endsWith("_SSE")) return z.enum(["AES256", "aws:kms"]).optional();
  return z.string().optional();
};
const schema = z.object(Object.fromEntries(Object.entries(parse(text)).map(([n, v]) => [n, declaration(n, v)])));

function once() {
  const env = parse(text);
  for (const name of Object.keys(env)) if (env[name] === "") delete env[name];
  return schema.parse(env);
}

const batches = [];
for (let i = 0; i < 2000; i++) once();
for (let i = 0; i < 101; i++) {
  const begun = process.hrtime.bigint();
  for (let j = 0; j < 200; j++) once();
  batches.push(Number(process.hrtime.bigint() - begun) / 200);
}
batches.sort((a, b) => a - b);
console.log(Math.round(batches[50]));
