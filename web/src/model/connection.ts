// Where browsers reach each bucket, according to the environment of the web container.
import { core, type File, type Options, type UseCase, type Value } from "../core";

/** A bucket as presigned URLs address it. */
export interface Connection {
  useCase: UseCase;
  /** `null`: Amazon S3. */
  endpoint: string | null;
  region: string;
  bucket: string;
  prefix: string;
  forcePathStyle: boolean;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Why this page can't sign URLs. */
export type Reason = "nothing" | "engine" | "incomplete";

export type Connections = { ready: Connection[]; reason: Reason | null };

const STEMS: readonly (readonly [UseCase, string])[] = [
  ["media", "LANGFUSE_S3_MEDIA_UPLOAD"],
  ["exports", "LANGFUSE_S3_BATCH_EXPORT"],
  ["events", "LANGFUSE_S3_EVENT_UPLOAD"],
];
const ENGINES = [
  "LANGFUSE_USE_AZURE_BLOB",
  "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE",
  "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE",
];

/** The connections of a configuration, media first: browsers upload to its URLs. */
export function connections(files: readonly File[], options: Options): Connections {
  if (files.length === 0) return { ready: [], reason: "nothing" };
  const web: Record<string, Value> | undefined = core.resolve({ files }, options).containers?.web;
  if (web === undefined) return { ready: [], reason: "nothing" };
  const text = (name: string) => (typeof web[name] === "string" && web[name] !== "" ? web[name] : null);
  if (ENGINES.some((name) => text(name) === "true")) return { ready: [], reason: "engine" };
  const ready = STEMS.flatMap(([useCase, stem]): Connection[] => {
    const [bucket, region] = [text(`${stem}_BUCKET`), text(`${stem}_REGION`)];
    const [accessKeyId, secretAccessKey] = [text(`${stem}_ACCESS_KEY_ID`), text(`${stem}_SECRET_ACCESS_KEY`)];
    if (bucket === null || region === null || accessKeyId === null || secretAccessKey === null) return [];
    return [
      {
        useCase,
        bucket,
        region,
        accessKeyId,
        secretAccessKey,
        prefix: text(`${stem}_PREFIX`) ?? "",
        endpoint: text(`${stem}_EXTERNAL_ENDPOINT`) ?? text(`${stem}_ENDPOINT`),
        forcePathStyle: text(`${stem}_FORCE_PATH_STYLE`) === "true",
      },
    ];
  });
  return { ready, reason: ready.length > 0 ? null : "incomplete" };
}
