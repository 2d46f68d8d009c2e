import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ioError, makeFolder, systemCode, writeFileAtomic } from "@deepgrain/support/files";

const files = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];

/**
 * Copies the tokenizer's files from one model folder to another, which is created if missing; each is copied
 * atomically. Files that do not exist are skipped.
 * @throws {FilesError} `ERR_IO`
 */
export async function copyTokenizer(from: string, to: string): Promise<void> {
  await makeFolder(to);
  for (const name of files) {
    const source = join(from, name);
    const content = await readFile(source).catch((error) => {
      if (systemCode(error) === "ENOENT") return undefined;
      throw ioError("read", source, error);
    });
    if (content) await writeFileAtomic(join(to, name), [content]);
  }
}
