// A ZIP archive of a few text files, uncompressed.
import { downloadZip } from "client-zip";

/** Names must be unique. Only the user may read the unpacked files: they may contain secrets. */
export function zip(files: readonly { name: string; contents: string }[]): Promise<Blob> {
  return downloadZip(files.map(({ name, contents }) => ({ name, input: contents, mode: 0o600 }))).blob();
}
