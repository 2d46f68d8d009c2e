import { cheapestUnused, usedOf } from "./cheapest-values";
import type { Frame } from "./frame";
import type { Grammar } from "./grammar";
import type { ArrayNode } from "./nodes";
import type { Word } from "./word-trie";

/** Whether a value goes through a word that the list does not have yet. */
function isOpen(word: Word, text: string): boolean {
  const used = usedOf(text);
  return word.below.some((i) => !used.has(i));
}

/** The state after a byte inside an item. @param after the list, with the phase after an item */
export function stepItem(
  { frames }: Grammar,
  frame: Frame,
  byte: number,
  phaseAfter: number,
): { next: Frame | undefined; ended: Frame | undefined } {
  const { node, at, text, word, parent } = frame;
  const isFree = (i: number) => i >= 0 && !usedOf(text).has(i);
  const after = (index: number) => {
    const used = [...usedOf(text), index].sort((a, b) => a - b).join();
    return frames.frame("array", { node, at: at + 1, phase: phaseAfter, text: used }, parent);
  };
  const next = word!.children.get(byte);
  const ended = isFree(word!.index) ? after(word!.index) : undefined;
  if (!next || !isOpen(next, text)) return { next: undefined, ended };
  if (next.children.size === 0) return { next: after(next.index), ended };
  return { next: frames.frame("item", { node, at, text, word: next }, parent), ended };
}

/** Tokens to the end of the list, from inside an item. */
export function itemCost({ prices }: Grammar, { node, at, text, word }: Frame): number {
  const array = node as ArrayNode;
  const used = usedOf(text);
  let best = Infinity;
  for (const i of word!.below) {
    if (used.has(i)) continue;
    const more = cheapestUnused(array, text, array.min - at - 1, prices.comma, i);
    best = Math.min(best, array.valueCosts[i]![word!.depth]! + more);
  }
  return best + prices.close.array;
}
