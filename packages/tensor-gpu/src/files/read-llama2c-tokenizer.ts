import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { readExactly } from "./byte-source";
import { openSource, type Source, type SourceOptions } from "./open-source";

/** A vocabulary as llama2.c stores it; a piece's index is its token id. */
export interface Llama2cTokenizer {
  /** Length of the longest piece, in bytes. */
  readonly maxLength: number;
  readonly pieces: readonly Llama2cPiece[];
}

/** One entry of the vocabulary. */
export interface Llama2cPiece {
  /** Pairs that form a piece with a higher score are merged first. */
  readonly score: number;
  /**
   * Its text in UTF-8. Ids 0, 1 and 2 are the unknown, begin and end tokens; ids 3 to 258 are the single bytes,
   * written as `<0x00>`.
   */
  readonly bytes: Uint8Array;
}

/**
 * Reads a tokenizer file of llama2.c: int32 longest length, then for each piece float32 score, int32 length, bytes.
 *
 * @param source path, address, `Blob`, bytes or reader of the .bin file
 * @param options.fetch function to fetch addresses with, default the global one
 * @returns longest length and pieces by id
 * @throws {TensorError} `ERR_FORMAT` when the file ends inside a piece, or a piece is longer than the longest or
 *   has no valid score; `ERR_IO` when reading fails
 * @see llama2.c (Karpathy 2023), `tokenizer.py`, export
 */
export async function readLlama2cTokenizer(
  source: Source,
  options: SourceOptions = {},
): Promise<Llama2cTokenizer> {
  const { signal, fetch, ...rest } = optionsOf("readLlama2cTokenizer", options);
  refuseUnknown("readLlama2cTokenizer", rest);
  const opened = await openSource(source, { fetch, signal });
  try {
    const bytes = await readExactly(opened, 0, opened.size, signal);
    return parse(bytes, opened.name ?? "source");
  } finally {
    await opened.close?.();
  }
}

function parse(bytes: Uint8Array, file: string): Llama2cTokenizer {
  const fail = (problem: string): never => {
    const message = `tensor-gpu/readLlama2cTokenizer: ${file} ${problem}`;
    throw new TensorError("ERR_FORMAT", message, { fields: { file } });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4) fail(`must have at least 4 bytes, got ${bytes.length}`);
  const maxLength = view.getInt32(0, true);
  const pieces: Llama2cPiece[] = [];
  for (let at = 4; at < bytes.length; ) {
    if (at + 8 > bytes.length) fail(`must hold piece ${pieces.length} whole`);
    const score = view.getFloat32(at, true);
    const length = view.getInt32(at + 4, true);
    at += 8;
    if (Number.isNaN(score) || length < 0 || length > maxLength)
      fail(
        `must have pieces of 0 to ${maxLength} bytes, got ${length} (score ${score}) for ${pieces.length}`,
      );
    if (at + length > bytes.length) fail(`must hold piece ${pieces.length} whole`);
    pieces.push({ score, bytes: bytes.slice(at, at + length) });
    at += length;
  }
  return { maxLength, pieces };
}
