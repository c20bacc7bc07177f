// An upload and a download by signed links, from the page: what Langfuse's pages and SDKs in browsers do.
import { core } from "../core";
import type { Connection } from "./connection";

export type Step = "put" | "get" | "delete";

/** How a step went. `opaque`: the browser keeps the answer from the page. */
export type Outcome =
  | { how: "done" }
  | { how: "refused"; status: number; code: string | null; message: string | null }
  | { how: "opaque"; reachable: boolean }
  | { how: "differs" };

export interface Trial {
  key: string;
  origin: string;
  steps: Partial<Record<Step, Outcome>>;
}

/** A link to upload a small text under `key`, an hour at the most; what has to be sent with it. */
export function uploadLink(connection: Connection, key: string): { url: string; headers: Record<string, string>; body: string } {
  const url = core.presign({ op: "put", key, contentType: "text/plain", expiresIn: 900, ...place(connection) });
  return { url, headers: { "Content-Type": "text/plain" }, body: "langfuse-blob: a test object, safe to delete\n" };
}

const place = ({ endpoint, region, bucket, forcePathStyle, accessKeyId, secretAccessKey }: Connection) =>
  ({ endpoint, region, bucket, forcePathStyle, accessKeyId, secretAccessKey });

/** The key of a test object. */
export function testKey(connection: Connection): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
  return `${connection.prefix}langfuse-blob-wizard/${random}.txt`;
}

/** Whether the browser would refuse to ask at all: plain http from an https page. */
export function isMixed(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  const here = hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
  return location.protocol === "https:" && protocol === "http:" && !here;
}

/** Uploads, downloads and removes; `show` is called after each step. */
export async function tryOut(connection: Connection, key: string, signal: AbortSignal, show: (trial: Trial) => void): Promise<Trial> {
  const { url, headers, body } = uploadLink(connection, key);
  const origin = new URL(url).origin;
  const trial: Trial = { key, origin, steps: {} };
  const note = (step: Step, outcome: Outcome) => {
    trial.steps[step] = outcome;
    show({ ...trial, steps: { ...trial.steps } });
    return outcome.how === "done";
  };
  const plain: RequestInit = { signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
  const put = await asked(url, { ...plain, method: "PUT", headers, body });
  note("put", put);
  // An answer that the page may not see may still have stored the object.
  const stored = put.how === "done" || put.how === "opaque";
  if (put.how === "done") {
    note("get", await asked(core.presign({ op: "get", key, expiresIn: 900, ...place(connection) }), plain, body));
  }
  if (stored && put.how !== "opaque") note("delete", await asked(...remove(connection, url, plain)));
  return { ...trial };
}

function remove(connection: Connection, put: string, plain: RequestInit): [string, RequestInit] {
  const url = put.split("?", 1)[0]!;
  // An empty body's SHA-256.
  const payloadSha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const { region, accessKeyId, secretAccessKey } = connection;
  const signed = core.sign({ method: "DELETE", url, headers: {}, payloadSha256, region, accessKeyId, secretAccessKey });
  // The browser writes the host itself.
  const headers = Object.fromEntries(Object.entries(signed).filter(([name]) => name.toLowerCase() !== "host"));
  return [url, { ...plain, method: "DELETE", headers }];
}

async function asked(url: string, init: RequestInit, expected?: string): Promise<Outcome> {
  let answer: Response;
  try {
    answer = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    return { how: "opaque", reachable: await isReachable(new URL(url).origin, init) };
  }
  const text = await answer.text();
  if (!answer.ok) return { how: "refused", status: answer.status, code: element(text, "Code"), message: element(text, "Message") };
  return expected === undefined || text === expected ? { how: "done" } : { how: "differs" };
}

/** Whether anything answers there: an answer that the page may not read is one. */
async function isReachable(origin: string, init: RequestInit): Promise<boolean> {
  try {
    const { signal, ...rest } = init;
    await fetch(origin, { ...(signal ? { signal } : {}), cache: "no-store", credentials: "omit", mode: "no-cors", referrerPolicy: rest.referrerPolicy ?? "no-referrer" });
    return true;
  } catch {
    return false;
  }
}

function element(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;
}

/** What does the same from another origin's console. */
export function snippet(connection: Connection, key: string): string {
  const { url, headers, body } = uploadLink(connection, key);
  return [
    `fetch(${JSON.stringify(url)}, {`,
    `  method: "PUT", headers: ${JSON.stringify(headers)}, body: ${JSON.stringify(body)},`,
    "}).then(",
    "  (answer) => console.log(answer.ok ? \"Uploads from this page work.\" : `The store refused: ${answer.status}`),",
    "  () => console.log(\"The browser blocked it: look at the line above for CORS or the content security policy.\"),",
    ");",
  ].join("\n");
}
