/** The name to download under: browsers strip a leading dot. */
export const savedAs = (name: string): string => (name.startsWith(".") ? `langfuse${name}` : name);

/** Downloads a file. */
export function save(name: string, contents: string | Blob): void {
  // An untyped file, because browsers add an extension to the name of a text file.
  const blob = typeof contents === "string" ? new Blob([contents], { type: "application/octet-stream" }) : contents;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = savedAs(name);
  document.body.append(link);
  link.click();
  link.remove();
  // By then the browser has read the URL.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Copies the text to the clipboard; returns whether that worked. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
