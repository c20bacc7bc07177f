// A typical configuration, with mistakes from real deployments.
import type { File } from "../core";

export const EXAMPLE: readonly File[] = [
  {
    file: ".env",
    text: `# Langfuse on one machine, events in R2
NEXTAUTH_URL=https://langfuse.example.com
LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
LANGFUSE_S3_EVENT_UPLOAD_ENDPONT=https://5f4dcc3b5aa765d61d8327deb882cf99.r2.cloudflarestorage.com
LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=True
LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events
LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
LANGFUSE_S3_MEDIA_UPLOAD_REGION=auto
LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=http://minio:9000
LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=1_000_000_000
`,
  },
];
