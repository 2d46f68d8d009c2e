import { listOf, real } from "../errors";
/** @file Edits of a token sequence that a mark should survive. All take randomness as an argument. */
import { randomPermutation } from "../prf/permutation";

/** A source of numbers in [0, 1). */
export type Random = () => number;

/** Which tokens an attacker inserts: any below `vocabSize`, or those drawn by `draw`. */
export interface Replacement {
  vocabSize: number;
  /** Draws a token, for example from another text. Default: uniform. */
  draw?: ((random: Random) => number) | undefined;
}

const drawToken = ({ vocabSize, draw }: Replacement, random: Random) =>
  draw ? draw(random) : Math.floor(random() * vocabSize);

/** `count` distinct indices below `length`, ascending. */
const chooseIndices = (length: number, count: number, random: Random): Int32Array =>
  randomPermutation(length, count, random).slice(0, count).sort();

const shareOf = (where: string, ids: ArrayLike<number>, rate: number) =>
  Math.round(ids.length * real(where, "rate", rate, { min: 0, max: 1 }));

/** Replaces a share of the tokens. */
export function substitute(
  ids: ArrayLike<number>,
  rate: number,
  replacement: Replacement,
  random: Random,
): number[] {
  listOf("substitute", "ids", ids);
  const edited = Array.from(ids);
  for (const i of chooseIndices(ids.length, shareOf("substitute", ids, rate), random))
    edited[i] = drawToken(replacement, random);
  return edited;
}

/** Removes a share of the tokens. */
export function deleteTokens(ids: ArrayLike<number>, rate: number, random: Random): number[] {
  const gone = new Set(chooseIndices(ids.length, shareOf("deleteTokens", ids, rate), random));
  return Array.from(ids).filter((_, i) => !gone.has(i));
}

/** Inserts new tokens before a share of the positions. */
export function insertTokens(
  ids: ArrayLike<number>,
  rate: number,
  replacement: Replacement,
  random: Random,
): number[] {
  const before = new Set(chooseIndices(ids.length, shareOf("insertTokens", ids, rate), random));
  return Array.from(ids).flatMap((id, i) =>
    before.has(i) ? [drawToken(replacement, random), id] : [id],
  );
}

/** Swaps a share of the tokens with their right neighbours. */
export function swapNeighbours(ids: ArrayLike<number>, rate: number, random: Random): number[] {
  const edited = Array.from(ids);
  const pairs = Math.max(0, ids.length - 1);
  for (const i of chooseIndices(
    pairs,
    Math.min(pairs, shareOf("swapNeighbours", ids, rate)),
    random,
  ))
    [edited[i], edited[i + 1]] = [edited[i + 1]!, edited[i]!];
  return edited;
}

/**
 * Cuts a text into pieces and pastes them, in order, at random positions of a human text.
 *
 * @param pieces 1 or more; pieces have equal lengths up to rounding
 * @returns the mixed text, and the position of each piece in it
 */
export function copyPaste(
  ids: ArrayLike<number>,
  human: ArrayLike<number>,
  pieces: number,
  random: Random,
): { ids: number[]; pieces: { start: number; end: number }[] } {
  listOf("copyPaste", "ids", ids);
  real("copyPaste", "pieces", pieces, { min: 1, max: Math.max(1, ids.length) });
  const places = Array.from({ length: pieces }, () =>
    Math.floor(random() * (human.length + 1)),
  ).sort((a, b) => a - b);
  const mixed: number[] = [];
  const spans: { start: number; end: number }[] = [];
  places.forEach((place, piece) => {
    const from = piece === 0 ? 0 : places[piece - 1]!;
    for (let i = from; i < place; i++) mixed.push(human[i]!);
    const start = mixed.length;
    const first = Math.round((piece * ids.length) / pieces);
    const last = Math.round(((piece + 1) * ids.length) / pieces);
    for (let i = first; i < last; i++) mixed.push(ids[i]!);
    spans.push({ start, end: mixed.length });
  });
  for (let i = places.at(-1)!; i < human.length; i++) mixed.push(human[i]!);
  return { ids: mixed, pieces: spans };
}
