import type { Slices } from "@deepgrain/support";
import type { Unigram } from "@huggingface/tokenizers";
import type { Pace } from "./pace";

/** Pieces of a text that may follow one another: each with the best way to it. */
interface Paths {
  /** Characters of each piece. */
  readonly lengths: number[];
  /** The piece before it, −1 at the start. */
  readonly before: number[];
  /** Of the best way that ends with it. */
  readonly scores: number[];
  /** The next piece that ends at the same place, in the order of their beginnings. */
  readonly nextAtEnd: number[];
}

/** The best way to a piece that begins where others end. Of equal ones the first counts. */
function bestBefore(paths: Paths, first: number, score: number): { before: number; best: number } {
  let before = -1;
  let best = 0;
  for (let piece = first; piece >= 0; piece = paths.nextAtEnd[piece]!) {
    const sum = paths.scores[piece]! + score;
    if (before >= 0 && !(sum > best)) continue;
    before = piece;
    best = sum;
  }
  return { before, best };
}

/**
 * The pieces of a long text by a unigram model, in slices: what the library's `tokenize` returns for it, the sequence with the
 * highest sum of scores. A character that no piece begins with is a piece of its own, unknown.
 *
 * @see Kudo 2018, section 3.2 (Viterbi)
 */
export function* bestPieces(model: Unigram, text: string, pace: Pace): Slices<string[]> {
  const characters: string[] = [];
  for (const character of text) {
    characters.push(character);
    if (pace.isDue(1)) yield;
  }
  const count = characters.length;
  const paths: Paths = { lengths: [], before: [], scores: [], nextAtEnd: [] };
  const firstAtEnd = new Int32Array(count + 1).fill(-1);
  const lastAtEnd = new Int32Array(count + 1).fill(-1);
  const add = (start: number, length: number, score: number) => {
    const { before, best } =
      start === 0 ? { before: -1, best: score } : bestBefore(paths, firstAtEnd[start]!, score);
    const piece = paths.lengths.push(length) - 1;
    paths.before.push(before);
    paths.scores.push(best);
    paths.nextAtEnd.push(-1);
    const end = start + length;
    if (lastAtEnd[end]! < 0) firstAtEnd[end] = piece;
    else paths.nextAtEnd[lastAtEnd[end]!] = piece;
    lastAtEnd[end] = piece;
  };
  for (let start = 0; start < count; start++) {
    let hasSingle = false;
    for (const token of model.trie.common_prefix_search(characters as never, start)) {
      const length = [...token].length;
      add(start, length, model.scores[model.tokens_to_ids.get(token)!]!);
      hasSingle ||= length === 1;
      if (pace.isDue(length)) yield;
    }
    if (!hasSingle) add(start, 1, model.unk_score);
    if (pace.isDue(1)) yield;
  }
  const pieces: string[] = [];
  let end = count;
  for (
    let piece = bestBefore(paths, firstAtEnd[count]!, 0).before;
    piece >= 0;
    piece = paths.before[piece]!
  ) {
    const start = end - paths.lengths[piece]!;
    pieces.push(characters.slice(start, end).join(""));
    end = start;
    if (pace.isDue(1)) yield;
  }
  return pieces.reverse();
}
