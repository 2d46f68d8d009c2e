import { copyFile } from "node:fs/promises";
import { join } from "node:path";

const files = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];

/** Copies the tokenizer's files from one model folder to another; those that are not there are passed over. */
export async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of files)
    await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
}
