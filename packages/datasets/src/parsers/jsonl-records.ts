import { takeTurn } from "@deepgrain/support";
import { iterableOf, optionsOf, refuseUnknown } from "../errors";
import { type JsonlOptions, parseJsonLine } from "./parse-jsonl";

/** Pieces of text or of UTF-8 bytes, split at any position: a file's or a response's stream. */
export type TextChunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

async function* lines(chunks: TextChunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of chunks) {
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    // Only the new text is searched, so a long line costs no more than its length.
    const parts = text.split("\n");
    pending += parts[0]!;
    for (const part of parts.slice(1)) {
      yield pending;
      pending = part;
    }
  }
  yield pending + decoder.decode();
}

/**
 * Yields the records of JSON Lines as they arrive, for files that do not fit in memory.
 *
 * @param chunks for example `response.body` or a file stream
 * @param options.check converts each value to a record, or throws
 * @throws {DatasetsError} while iterating: `ERR_FORMAT` with `fields.line` (from 1), as `parseJsonl`
 */
export async function* jsonlRecords<T = unknown>(
  chunks: TextChunks,
  options: JsonlOptions<T> = {},
): AsyncGenerator<T> {
  iterableOf("jsonlRecords", "chunks", chunks);
  const { check, ...rest } = optionsOf("jsonlRecords", options);
  refuseUnknown("jsonlRecords", rest);
  let line = 0;
  for await (const raw of lines(chunks)) {
    await takeTurn();
    line += 1;
    const text = line === 1 ? raw.replace(/^\uFEFF/, "") : raw;
    if (text.trim() !== "") yield parseJsonLine(text, line, check);
  }
}
