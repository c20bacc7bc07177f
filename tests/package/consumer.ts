// What a strict TypeScript project makes of the package's types.
import {
  LangfuseBlobError,
  applyFixes,
  check,
  connections,
  eventObjects,
  explain,
  exportFile,
  fields,
  fileName,
  formats,
  generate,
  generateFile,
  generateFiles,
  generatePassword,
  mediaObject,
  presign,
  providers,
  questions,
  render,
  resolve,
  schema,
  sign,
  storageEnv,
  storageVariables,
  unknown,
} from "langfuse-blob";
import type { Diagnostic, GenerateOptions, Report, Resolved, Rule, StorageEnvironment } from "langfuse-blob";

const report: Report = check(process.env, { langfuseVersion: "4.16.0", ignore: ["media-bucket-missing"] });
check({
  web: process.env,
  worker: {
    LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "b",
    LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: unknown,
    COUNT: 5,
    ON: true,
    NO: null,
  },
});
check({ files: [{ file: ".env", text: "" }] });
const first: Diagnostic | undefined = report.diagnostics[0];
const rule: Rule | undefined = first?.rule;
const line: number | undefined = first?.span?.line;
const where: "web" | "worker" | undefined = first?.containers[0];
const resolved: Resolved = resolve("A=1", {
  format: "dotenv",
  dialect: "node",
  env: process.env,
  release: "rel",
  chartVersion: "2.0.0",
});
const value = resolved.containers?.web?.["A"];
if (value !== undefined && typeof value !== "string" && "secret" in value) value.secret.toUpperCase();
const files: { file: string; text: string }[] = applyFixes([{ file: ".env", text: "" }], report, { unsafe: true });
const texts: string[] = [render(report, "sarif", files), explain(), explain("rotate"), exportFile([{ a: 1 }], "csv")];
const options: GenerateOptions = {
  provider: "aws",
  region: "eu-west-1",
  bucket: "acme",
  useCases: ["events"],
  retentionDays: 30,
  separateBuckets: false,
};
texts.push(
  generate("env", options),
  generateFile("helm", options).contents,
  ...questions("env").questions.map((q) => `${q.option}: ${q.label}`),
  ...questions("env", options).rejected.map((r) => `${r.option}: ${r.message}`),
  ...generateFiles("env", options).files.map((f) => f.text),
  ...formats("compose").map((f) => `${f.format}: ${f.about}`),
  ...fields().map((f) => `${f.option}: ${f.label}`),
  ...connections("A=1").connections.map((c) => presign({ op: "get", key: "a", ...c })),
  fileName("A=1"),
  generatePassword(),
  providers()[0]?.id ?? "",
);
const title: unknown = schema()["title"];
texts.push(
  presign({
    op: "get",
    region: "eu-west-1",
    bucket: "b",
    key: "k",
    accessKeyId: "AK",
    secretAccessKey: "SK",
    expiresIn: 60,
    date: new Date(),
    attachment: true,
    sse: null,
  }),
);
const headers: Record<string, string> = sign({
  method: "GET",
  url: new URL("https://b.s3.amazonaws.com/k"),
  region: "eu-west-1",
  accessKeyId: "AK",
  secretAccessKey: "SK",
});
const objects: number[] = eventObjects([{}], { projectId: "p" }).objects.flatMap((o) => o.events);
const media: string = mediaObject({ bytes: new Uint8Array(), contentType: "image/png", projectId: "p" }).key;
const validated = storageEnv["~standard"].validate(process.env);
if (validated.issues === undefined) {
  const env: StorageEnvironment = validated.value;
  const bucket: string = env.LANGFUSE_S3_EVENT_UPLOAD_BUCKET;
  const writes: number = env.LANGFUSE_S3_CONCURRENT_WRITES;
  const style: boolean = env.LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE;
  texts.push(bucket, String(writes), String(style));
}
storageVariables.LANGFUSE_S3_CONCURRENT_WRITES["~standard"].validate("5");
try {
  check("x");
} catch (error) {
  if (error instanceof LangfuseBlobError && error.code === "invalid-input")
    texts.push(error.help ?? "", ...error.fields);
}

// @ts-expect-error: no such option
check("", { formt: "dotenv" });
// @ts-expect-error: no such format
render(report, "xml");
// @ts-expect-error: the key is missing
presign({ op: "get", region: "r", bucket: "b", accessKeyId: "a", secretAccessKey: "s" });
// @ts-expect-error: no such store
generate("env", { provider: "aws3" });
// @ts-expect-error: no such variable
storageVariables.LANGFUSE_S3_EVENT_UPLOAD_BUKET;
// @ts-expect-error: a symbol is no value
check({ A: Symbol("a") });

export const all = [rule, line, where, title, headers, objects, media, texts];
