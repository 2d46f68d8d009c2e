import { readFile } from "node:fs/promises";

/** Resolves once a file, which need not exist yet, holds a text. */
export async function waitForText(path: string, text: string): Promise<void> {
  const read = () => readFile(path, "utf8").catch(() => "");
  while (!(await read()).includes(text)) await new Promise((done) => setTimeout(done, 2));
}
