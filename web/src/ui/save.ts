/** The name that browsers leave as it is: from one that begins with a dot they take the dot. */
export const savedAs = (name: string): string => (name.startsWith(".") ? `langfuse${name}` : name);

/** Lets the browser save a file. */
export function save(name: string, contents: string | Blob): void {
  // Of no type, because to a plain text's name they would add one.
  const blob = typeof contents === "string" ? new Blob([contents], { type: "application/octet-stream" }) : contents;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = savedAs(name);
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has read the address by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Whether the text is on the clipboard now. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
