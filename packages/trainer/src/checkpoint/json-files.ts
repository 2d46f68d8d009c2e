import { ioError, nodeFiles, systemCode, writeFileAtomic } from "@deepgrain/files";
import { TrainerError } from "../errors";

/** @throws {TrainerError} `ERR_MISSING` when the file is not there, `ERR_FORMAT` when it is not JSON */
export async function readJson(file: string): Promise<unknown> {
  const text = await nodeFiles()
    .readFile(file, "utf8")
    .catch((cause: unknown) => {
      if (systemCode(cause) !== "ENOENT") throw ioError("read", file, cause);
      const message = `trainer/checkpoint: there is no ${file}`;
      throw new TrainerError("ERR_MISSING", message, { fields: { file }, cause });
    });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `trainer/checkpoint: ${file} is not JSON`;
    throw new TrainerError("ERR_FORMAT", message, { fields: { file }, cause });
  }
}

/** Writes a value as indented JSON; the file appears whole or not at all. */
export const writeJson = (file: string, value: unknown): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(value, undefined, 2)}\n`);
