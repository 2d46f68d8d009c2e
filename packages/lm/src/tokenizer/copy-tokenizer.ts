import { LmError } from "../errors";
import { ggufSource } from "../gguf/gguf-source";
import { type Folder, readTextFile, writeTextFiles } from "../text-files";
import { readTokenizer } from "./load-tokenizer";
import { saveTokenizer } from "./save-tokenizer";

const names = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];

/** The tokenizer of a GGUF file as files; nothing where it carries none. */
async function saveOfGguf(from: Folder, to: Folder): Promise<void> {
  try {
    await saveTokenizer(to, (await readTokenizer(from)) as Parameters<typeof saveTokenizer>[1]);
  } catch (error) {
    if (!LmError.isInstance(error) || (error as LmError).code !== "ERR_MISSING") throw error;
  }
}

/**
 * Copies the tokenizer's files from one model folder to another, which is created if it is missing; from a GGUF file the
 * tokenizer that it carries. Files that do not exist are left out.
 *
 * @param from path (Node), http(s) address, directory handle or Map, or a GGUF file as for `loadTokenizer`
 * @param to path (Node), directory handle or Map
 * @throws {LmError} `ERR_IO` when reading or writing fails
 */
export async function copyTokenizer(from: Folder, to: Folder): Promise<void> {
  if ((await ggufSource(from, "tokenizer")) !== undefined) return saveOfGguf(from, to);
  const files = new Map<string, string>();
  for (const name of names) {
    const text = await readTextFile(from, name);
    if (text !== undefined) files.set(name, text);
  }
  await writeTextFiles(to, files);
}
