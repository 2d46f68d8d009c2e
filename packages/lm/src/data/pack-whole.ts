import { LmError, listOf, optionsOf, refuseUnknown } from "../errors";
import { type EncodedChat, ignoreIndex } from "../tokenizer/encode-chat";
import { checkRow, checkSample } from "./check-packing";
import type { PackedBlock } from "./pack-conversations";

/** A row of whole conversations. */
export interface WholeRow extends PackedBlock {
  /** The number of each token's conversation in the row, from 0; −1 for the padding at the end. */
  segments: Int32Array;
}

/** The result of {@link packWhole}. */
export interface WholeRows {
  rows: WholeRow[];
  /** Number of samples longer than a row, which are left out. */
  tooLong: number;
}

/** Options of {@link packWhole}. */
export interface PackWholeOptions {
  /** Tokens in a row, at least 2. */
  sequenceLength: number;
  /** Fills the rest of a row. */
  padTokenId: number;
}

/** Open rows by the number of tokens that still fit, so that the tightest is found at once. */
class OpenRows {
  private readonly byRoom: number[][];

  constructor(readonly length: number) {
    this.byRoom = Array.from({ length: length + 1 }, () => []);
  }

  /** Removes and returns the row that `size` tokens fill best, the earliest on ties; undefined if none has room. */
  take(size: number): number | undefined {
    for (let room = size; room <= this.length; room++) {
      const row = this.byRoom[room]!.shift();
      if (row !== undefined) return row;
    }
    return undefined;
  }

  put(row: number, room: number): void {
    if (room > 0) this.byRoom[room]!.push(row);
  }
}

function rowOf(
  samples: readonly EncodedChat[],
  { sequenceLength, padTokenId }: PackWholeOptions,
): WholeRow {
  const inputIds = new Int32Array(sequenceLength).fill(padTokenId);
  const labels = new Int32Array(sequenceLength).fill(ignoreIndex);
  const segments = new Int32Array(sequenceLength).fill(-1);
  let at = 0;
  for (const [segment, sample] of samples.entries()) {
    inputIds.set(sample.inputIds, at);
    labels.set(sample.labels, at);
    segments.fill(segment, at, at + sample.inputIds.length);
    at += sample.inputIds.length;
  }
  return { inputIds, labels, segments };
}

/**
 * Packs whole conversations: each goes into the open row that it fills best, none is cut, and those longer than a row
 * are left out and counted. Segments keep conversations apart: as part of a batch they hide conversations from one
 * another and restart positions, so that a model reads every conversation as if it were alone.
 *
 * @param samples as {@link encodeChat} gives them, in the order in which they are placed
 * @returns rows in the order in which they were started; samples without tokens are left out
 * @throws {LmError} `ERR_RANGE` when an option is outside its range, `ERR_SHAPE` when a sample's ids and labels differ in
 *   length
 */
export function packWhole(samples: Iterable<EncodedChat>, options: PackWholeOptions): WholeRows {
  const { sequenceLength, padTokenId, ...rest } = optionsOf("packWhole", options);
  refuseUnknown("packWhole", rest);
  const row = { sequenceLength, padTokenId };
  checkRow("packWhole", row);
  const open = new OpenRows(sequenceLength);
  const contents: EncodedChat[][] = [];
  const used: number[] = [];
  let tooLong = 0;
  for (const sample of samples) {
    checkSample("packWhole", sample);
    const size = sample.inputIds.length;
    if (size > sequenceLength) tooLong++;
    if (size === 0 || size > sequenceLength) continue;
    const place = open.take(size) ?? contents.push([]) - 1;
    contents[place]!.push(sample);
    used[place] = (used[place] ?? 0) + size;
    open.put(place, sequenceLength - used[place]!);
  }
  return { rows: contents.map((own) => rowOf(own, row)), tooLong };
}

/** Packed rows as a batch for a model. */
export interface PackedBatch {
  /** [batch × length] */
  ids: Int32Array;
  /** [batch × length], −100 where nothing is trained. */
  labels: Int32Array;
  /** [batch × length]; absent where no row holds two conversations. */
  segments?: Int32Array | undefined;
  /** [batch × length]; absent where nothing is padding. */
  attentionMask?: Int32Array | undefined;
  batch: number;
  length: number;
}

/**
 * Rows of one length as a batch. Rows of {@link packWhole} include segments and a mask of their padding; other blocks
 * are used as they are.
 * @throws {LmError} `ERR_RANGE` without rows
 */
export function packedBatch(
  rows: readonly (PackedBlock & { segments?: Int32Array | undefined })[],
): PackedBatch {
  listOf("packedBatch", "rows", rows);
  if (rows.length === 0) throw new LmError("ERR_RANGE", "lm/packedBatch: there are no rows");
  const length = rows[0]!.inputIds.length;
  const joined = (part: (row: (typeof rows)[number]) => Int32Array) => {
    const all = new Int32Array(rows.length * length);
    for (const [i, row] of rows.entries()) all.set(part(row), i * length);
    return all;
  };
  const segments = joined((row) => row.segments ?? new Int32Array(length));
  const isPadded = segments.includes(-1);
  const isMixed = segments.some((segment) => segment > 0);
  return {
    ids: joined((row) => row.inputIds),
    labels: joined((row) => row.labels),
    ...(isMixed && { segments }),
    ...(isPadded && { attentionMask: segments.map((segment) => (segment < 0 ? 0 : 1)) }),
    batch: rows.length,
    length,
  };
}
