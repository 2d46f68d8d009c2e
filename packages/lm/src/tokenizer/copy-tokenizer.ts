import { type Folder, readTextFile, writeTextFiles } from "../text-files";

const names = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];

/**
 * Copies the tokenizer's files from one model folder to another, which is created if it is missing. Files that do not
 * exist are left out.
 *
 * @param from path (Node), http(s) address, directory handle or Map
 * @param to path (Node), directory handle or Map
 * @throws {LmError} `ERR_IO` when reading or writing fails
 */
export async function copyTokenizer(from: Folder, to: Folder): Promise<void> {
  const files = new Map<string, string>();
  for (const name of names) {
    const text = await readTextFile(from, name);
    if (text !== undefined) files.set(name, text);
  }
  await writeTextFiles(to, files);
}
