/** How long a browser may take to begin with a file that it saves, in milliseconds: on a busy machine it is not at once. */
const KEPT_MS = 60_000;

/** Lets the visitor save a file. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** Lets the visitor save a value as a file. */
export function saveJson(name: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  saveFile(name, new Blob([text], { type: "application/json" }));
}
