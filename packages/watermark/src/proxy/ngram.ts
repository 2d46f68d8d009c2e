import { optionsOf, refuseUnknown, WatermarkError, whole } from "../errors";
import type { ProxyLM } from "./proxy-lm";

/** A trained n-gram model as JSON. Counts of context -> token, one table per order above 1. */
export interface NgramData {
  format: "deepgrain-ngram-1";
  id: string;
  vocabSize: number;
  order: number;
  discount: number;
  unigram: number[];
  /** Per order from 2 up: context (ids joined by a space) -> token, count, token, count, ... */
  tables: Record<string, number[]>[];
}

/** An n-gram model: a synchronous proxy that can be serialised. */
export interface NgramModel extends ProxyLM {
  readonly order: number;
  next(context: readonly number[]): Float32Array;
  toJSON(): NgramData;
}

/** Options of `trainNgram`. */
export interface NgramOptions {
  vocabSize: number;
  /** Tokens of context plus one, 1 to 8. Default 3. */
  order?: number | undefined;
  /** Absolute discount in (0, 1). Default 0.75. */
  discount?: number | undefined;
  id?: string | undefined;
}

type Table = Map<string, Map<number, number>>;

function countNgrams(texts: Iterable<ArrayLike<number>>, order: number, vocabSize: number) {
  const unigram = new Float64Array(vocabSize);
  const tables: Table[] = Array.from({ length: order - 1 }, () => new Map());
  for (const ids of texts)
    for (let t = 0; t < ids.length; t++) {
      const token = ids[t]!;
      if (!(Number.isInteger(token) && token >= 0 && token < vocabSize))
        throw new WatermarkError("ERR_TOKEN", `trainNgram: id ${token} at position ${t}`, {
          fields: {
            position: t,
          },
        });
      unigram[token]!++;
      let context = "";
      for (let n = 1; n < order && t - n >= 0; n++) {
        context = n === 1 ? `${ids[t - 1]}` : `${ids[t - n]} ${context}`;
        const table = tables[n - 1]!;
        let row = table.get(context);
        if (!row) {
          row = new Map();
          table.set(context, row);
        }
        row.set(token, (row.get(token) ?? 0) + 1);
      }
    }
  return { unigram, tables };
}

/**
 * Trains an n-gram model with interpolated absolute discounting: from order n to order n - 1,
 * p(v|c) = max(count(c, v) − d, 0)/count(c) + d·distinct(c)/count(c) · p(v|shorter c), ending with the unigram, with
 * one added to each count.
 *
 * @param texts token ids of each text
 * @throws {WatermarkError} `ERR_TOKEN` for ids outside the vocabulary, `ERR_RANGE` for other options
 * @see Ney, Essen and Kneser 1994
 */
export function trainNgram(texts: Iterable<ArrayLike<number>>, options: NgramOptions): NgramModel {
  const {
    vocabSize,
    order = 3,
    discount = 0.75,
    id = `ngram-${order}`,
    ...rest
  } = optionsOf("trainNgram", options);
  refuseUnknown("trainNgram", rest, [
    "vocabSize",
    "order",
    "discount",
    "id",
  ] satisfies (keyof NgramOptions)[]);
  whole("trainNgram", "vocabSize", vocabSize, { min: 1 });
  if (!(Number.isInteger(order) && order >= 1 && order <= 8 && discount > 0 && discount < 1))
    throw new WatermarkError(
      "ERR_RANGE",
      `trainNgram: order must be 1 to 8 and discount in (0, 1), got ${order} and ${discount}`,
    );
  const { unigram, tables } = countNgrams(texts, order, vocabSize);
  return ngramFromJSON({
    format: "deepgrain-ngram-1",
    id,
    vocabSize,
    order,
    discount,
    unigram: Array.from(unigram),
    tables: tables.map((table) =>
      Object.fromEntries(Array.from(table, ([context, row]) => [context, [...row].flat()])),
    ),
  });
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** Contexts with pairs of token and count. */
function isTable(table: unknown, vocabSize: number): boolean {
  if (typeof table !== "object" || table === null) return false;
  return Object.values(table).every(
    (row: unknown) =>
      Array.isArray(row) &&
      row.length % 2 === 0 &&
      row.length > 0 &&
      row.every((n, i) => isCount(n) && (i % 2 === 0 ? n < vocabSize : n > 0)),
  );
}

/** @throws {WatermarkError} `ERR_PROXY` naming the field that is wrong */
function checkNgramData(data: NgramData): void {
  const refuse = (problem: string): never => {
    throw new WatermarkError(
      "ERR_PROXY",
      `ngramFromJSON: not a deepgrain-ngram-1 model: ${problem}`,
    );
  };
  if (typeof data !== "object" || data?.format !== "deepgrain-ngram-1") refuse("format is another");
  const { vocabSize, order, discount, unigram, tables } = data;
  if (typeof data.id !== "string") refuse("id must be text");
  if (!isCount(order) || order < 1 || order > 8) refuse("order must be an integer from 1 to 8");
  if (!(discount > 0 && discount < 1)) refuse("discount must lie between 0 and 1");
  if (!Array.isArray(unigram) || unigram.length !== vocabSize || !unigram.every(isCount))
    refuse("unigram must hold a count per token of the vocabulary");
  if (!Array.isArray(tables) || tables.length !== order - 1)
    refuse(`tables must be a list of ${order - 1}, one for each order above 1`);
  if (!tables.every((table) => isTable(table, vocabSize)))
    refuse("a table must map contexts to alternating tokens and counts");
}

/**
 * Restores a model from its JSON.
 *
 * @throws {WatermarkError} `ERR_PROXY` when the data is not of this format
 */
export function ngramFromJSON(data: NgramData): NgramModel {
  checkNgramData(data);
  const { vocabSize, order, discount, id } = data;
  const total = data.unigram.reduce((sum, count) => sum + count + 1, 0);
  const base = Float32Array.from(data.unigram, (count) => (count + 1) / total);
  const tables = data.tables.map((table) => new Map(Object.entries(table)));
  return {
    id,
    vocabSize,
    order,
    next(context) {
      // Scale the unigram once by all back-off weights, then add each order's own share.
      const rows: { row: number[]; sum: number }[] = [];
      let name = "";
      for (let n = 1; n < order && n <= context.length; n++) {
        const token = context[context.length - n]!;
        name = n === 1 ? `${token}` : `${token} ${name}`;
        const row = tables[n - 1]!.get(name);
        if (!row) break;
        let sum = 0;
        for (let i = 1; i < row.length; i += 2) sum += row[i]!;
        rows.push({ row, sum });
      }
      const backoff = rows.map(({ row, sum }) => (discount * row.length) / 2 / sum);
      let weight = backoff.reduce((product, w) => product * w, 1);
      const probabilities = base.slice();
      if (rows.length) for (let i = 0; i < vocabSize; i++) probabilities[i]! *= weight;
      rows.forEach(({ row, sum }, n) => {
        weight /= backoff[n]!; // The share that the higher orders leave to this one.
        for (let i = 0; i < row.length; i += 2)
          probabilities[row[i]!]! += (weight * (row[i + 1]! - discount)) / sum;
      });
      return probabilities;
    },
    toJSON: () => data,
  };
}
