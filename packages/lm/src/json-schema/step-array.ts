import { cheapestUnused, valuesOf } from "./cheapest-values";
import type { Frame } from "./frame";
import { fits, type Grammar } from "./grammar";
import { type ArrayNode, itemNode } from "./nodes";
import { itemsFrom } from "./shortest-cost";
import { CLOSE_BRACKET, COMMA, SPACE } from "./signs";
import { stepItem } from "./unique-items";

/** Phases of a list: after `[`, after an item, after a comma, after a comma and a space. */
export const ARRAY = { open: 0, after: 1, comma: 2, space: 3 } as const;

/** The node of the next item, null if there may be none. */
function nextItem(grammar: Grammar, { node, at, depth, text }: Frame) {
  const array = node as ArrayNode;
  const item = at < array.max ? itemNode(array, at) : null;
  if (array.isUnique && cheapestUnused(array, text, 1, 0) === Infinity) return null;
  return fits(grammar, item, depth) ? item : null;
}

/** The list after its next item. Items that no bound counts any more are not counted. */
function afterItem({ frames }: Grammar, { node, at, parent }: Frame): Frame {
  const { min, max, prefix } = node as ArrayNode;
  const enough = max === Infinity ? Math.max(min, prefix.length) : Infinity;
  const fields = { node, at: Math.min(at + 1, enough), phase: ARRAY.after };
  return frames.frame("array", fields, parent);
}

/** The state after a byte inside a list, between its items. @param begin steps into a value */
export function stepArray(
  grammar: Grammar,
  frame: Frame,
  byte: number,
  out: Frame[],
  begin: (item: Frame, byte: number, out: Frame[]) => void,
): void {
  const { node, at, phase, text, parent } = frame;
  const { min, isUnique } = node as ArrayNode;
  const mayEnd = phase === ARRAY.open || phase === ARRAY.after;
  if (mayEnd && byte === CLOSE_BRACKET && at >= min) out.push(parent!);
  const item = nextItem(grammar, frame);
  if (!item) return;
  const { frames } = grammar;
  const next = (to: number) => frames.frame("array", { node, at, phase: to, text }, parent);
  if (phase === ARRAY.after) {
    if (byte === COMMA) out.push(next(ARRAY.comma));
  } else if (phase === ARRAY.comma && byte === SPACE) out.push(next(ARRAY.space));
  else if (isUnique) {
    const { words } = valuesOf(node as ArrayNode);
    const first = frames.frame("item", { node, at, text, word: words }, parent);
    stepUnique(grammar, first, byte, out, begin);
  } else begin(frames.frame("begin", { node: item }, afterItem(grammar, frame)), byte, out);
}

/** The state after a byte inside an item of a list whose items differ. */
export function stepUnique(
  grammar: Grammar,
  frame: Frame,
  byte: number,
  out: Frame[],
  begin: (item: Frame, byte: number, out: Frame[]) => void,
): void {
  const { next, ended } = stepItem(grammar, frame, byte, ARRAY.after);
  if (next) out.push(next);
  if (ended) stepArray(grammar, ended, byte, out, begin); // a number that begins another one
}

/** Tokens to the end of the list. */
export function arrayCost(grammar: Grammar, frame: Frame): number {
  const { prices } = grammar;
  const { node, at, phase, text } = frame;
  const array = node as ArrayNode;
  const close = prices.close.array;
  const { comma } = prices;
  const needed = array.isUnique
    ? cheapestUnused(array, text, array.min - at, comma)
    : itemsFrom(array, at, comma).cost;
  if (phase === ARRAY.after) return needed + close;
  if (at < array.min) return needed - comma + close;
  if (phase === ARRAY.open) return close;
  if (array.isUnique) return cheapestUnused(array, text, 1, 0) + close;
  return (nextItem(grammar, frame)?.cost ?? Infinity) + close;
}
