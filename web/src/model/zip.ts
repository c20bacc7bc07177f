// A ZIP archive of a few text files, uncompressed.
import { downloadZip } from "client-zip";

/** Names must be unique. Only the user may read the unpacked files: they may contain secrets. */
export function zip(files: readonly { file: string; text: string }[]): Promise<Blob> {
  return downloadZip(files.map(({ file, text }) => ({ name: file, input: text, mode: 0o600 }))).blob();
}
