import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { jsonlRecords } from "./parsers/jsonl-records";
import type { JsonlOptions } from "./parsers/parse-jsonl";
import { assertRegularFile, pathOf, unreadable } from "./read-bytes";

/** Options of {@link jsonlFile}. */
export interface JsonlFileOptions<T> extends JsonlOptions<T> {
  /** Stops the reading: the iteration rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A file's bytes in pieces, decompressed if the name ends in `.gz`. */
async function* fileChunks(path: string | URL, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  await assertRegularFile(path).catch((cause) => {
    throw unreadable("jsonlFile", path, cause);
  });
  const file = createReadStream(path);
  const isPacked = pathOf(path).endsWith(".gz");
  // The pipeline forwards an error of the file to the stream that is read here.
  const stream = isPacked ? pipeline(file, createGunzip(), () => {}) : file;
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code?.startsWith("Z_"))
      throw new DatasetsError(
        "ERR_FORMAT",
        `datasets/jsonlFile: damaged gzip data in ${pathOf(path)}`,
        { fields: { path: pathOf(path) }, cause },
      );
    throw unreadable("jsonlFile", path, cause);
  }
}

/**
 * Yields the records of a JSON Lines file, read piece by piece; a file whose name ends in `.gz` is decompressed. Empty
 * lines are skipped.
 *
 * @param options.check converts the parsed value to a record, or throws; default: the value itself
 * @throws {DatasetsError} while iterating: `ERR_MISSING_FILE` when the file cannot be read,
 *   `ERR_FORMAT` with `fields.line` on a line that is not JSON or that `check` rejects
 */
export function jsonlFile<T = unknown>(
  path: string | URL,
  options: JsonlFileOptions<T> = {},
): AsyncGenerator<T> {
  const { signal, check, ...rest } = optionsOf("jsonlFile", options);
  refuseUnknown("jsonlFile", rest);
  return jsonlRecords(fileChunks(path, signal), { check });
}
