import type { Frame } from "./frame";
import { fits, type Grammar } from "./grammar";
import { type ArrayNode, itemNode } from "./nodes";
import { itemsFrom } from "./shortest-cost";
import { CLOSE_BRACKET, COMMA, SPACE } from "./signs";

/** Phases of a list: after `[`, after an item, after a comma, after a comma and a space. */
export const ARRAY = { open: 0, after: 1, comma: 2, space: 3 } as const;

/** The node of the next item, null if there may be none. */
function nextItem(grammar: Grammar, { node, at, depth }: Frame) {
  const array = node as ArrayNode;
  const item = at < array.max ? itemNode(array, at) : null;
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
  const { node, at, phase, parent } = frame;
  const { min } = node as ArrayNode;
  const mayEnd = phase === ARRAY.open || phase === ARRAY.after;
  if (mayEnd && byte === CLOSE_BRACKET && at >= min) out.push(parent!);
  const item = nextItem(grammar, frame);
  if (!item) return;
  const next = (to: number) => grammar.frames.frame("array", { node, at, phase: to }, parent);
  if (phase === ARRAY.after) {
    if (byte === COMMA) out.push(next(ARRAY.comma));
  } else if (phase === ARRAY.comma && byte === SPACE) out.push(next(ARRAY.space));
  else begin(grammar.frames.frame("begin", { node: item }, afterItem(grammar, frame)), byte, out);
}

/** Tokens to the end of the list. */
export function arrayCost(grammar: Grammar, frame: Frame): number {
  const { prices } = grammar;
  const { node, at, phase } = frame;
  const array = node as ArrayNode;
  const close = prices.close.array;
  const needed = itemsFrom(array, at, prices.comma).cost;
  if (phase === ARRAY.after) return needed + close;
  if (at < array.min) return needed - prices.comma + close;
  if (phase === ARRAY.open) return close;
  return (nextItem(grammar, frame)?.cost ?? Infinity) + close;
}
