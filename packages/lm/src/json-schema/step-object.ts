import type { Frame } from "./frame";
import { fits, type Grammar } from "./grammar";
import type { ObjectNode } from "./nodes";
import { CLOSE_BRACE, COLON, COMMA, QUOTE, SPACE } from "./signs";
import { CLOSED, FREE, nextPhase, phaseRests } from "./string-phases";
import type { Word } from "./word-trie";

/** Phases of an object: after `{`, after a property, after a comma, after a comma and a space. */
export const OBJECT = { open: 0, after: 1, comma: 2, space: 3 } as const;

/** Phase of a key that can only become a declared name. */
const DECLARED = -1;

/** The last declared property that may come next. */
function lastCandidate({ nextRequired, properties }: ObjectNode, at: number): number {
  const required = nextRequired[at]!;
  return required < 0 ? properties.length - 1 : required;
}

/** Whether names that are not declared may come: others do after all required ones. */
const takesOthers = (grammar: Grammar, node: ObjectNode, at: number, depth: number): boolean =>
  node.nextRequired[at]! < 0 && fits(grammar, node.additional, depth);

/** The declared properties that may come, of those that go through a word. */
function candidates(
  grammar: Grammar,
  { node, at, depth }: Frame,
  below: readonly number[] | null,
): number[] {
  const { properties } = node as ObjectNode;
  const last = lastCandidate(node as ObjectNode, at);
  const all = below ?? Array.from({ length: Math.max(0, last + 1 - at) }, (_, i) => at + i);
  return all.filter((i) => i >= at && i <= last && fits(grammar, properties[i]!.node, depth));
}

const hasKey = (grammar: Grammar, frame: Frame): boolean =>
  takesOthers(grammar, frame.node as ObjectNode, frame.at, frame.depth) ||
  candidates(grammar, frame, null).length > 0;

function beginKey(grammar: Grammar, { node, at, parent, depth }: Frame): Frame {
  const { names } = node as ObjectNode;
  const phase = takesOthers(grammar, node as ObjectNode, at, depth) ? FREE : DECLARED;
  return grammar.frames.frame("key", { node, at, word: names, phase }, parent);
}

/** The state after a byte inside an object, between its properties. */
export function stepObject(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, at, phase, parent } = frame;
  const mayEnd = phase === OBJECT.open || phase === OBJECT.after;
  if (mayEnd && byte === CLOSE_BRACE && (node as ObjectNode).nextRequired[at]! < 0)
    out.push(parent!);
  const next = (to: number) => grammar.frames.frame("object", { node, at, phase: to }, parent);
  if (phase === OBJECT.after && byte === COMMA && hasKey(grammar, frame))
    out.push(next(OBJECT.comma));
  if (phase === OBJECT.comma && byte === SPACE) out.push(next(OBJECT.space));
  if (phase !== OBJECT.after && byte === QUOTE && hasKey(grammar, frame))
    out.push(beginKey(grammar, frame));
}

/** The object after a property, up to where the property's value begins. */
function afterKey({ frames }: Grammar, frame: Frame, property: number | null): Frame {
  const { node, parent } = frame;
  const { properties, additional } = node as ObjectNode;
  const at = property === null ? properties.length : property + 1;
  const object = frames.frame("object", { node, at, phase: OBJECT.after }, parent);
  const value = property === null ? additional : properties[property]!.node;
  return frames.frame("colon", { node: value }, object);
}

/** The state after a byte inside a key. */
export function stepKey(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, at, phase, word, parent } = frame;
  const to = phase === DECLARED ? DECLARED : nextPhase(phase, byte);
  const next = word?.children.get(byte) ?? null;
  if (byte === QUOTE && next === null) {
    const isDeclared = word !== null && word.index >= 0;
    if (isDeclared && candidates(grammar, frame, [word.index]).length > 0)
      out.push(afterKey(grammar, frame, word.index));
    else if (!isDeclared && to === CLOSED) out.push(afterKey(grammar, frame, null));
    return;
  }
  const isFree = to >= 0 && byte !== 0x5c; // an escape could spell a declared name
  const isCandidate = next !== null && candidates(grammar, frame, next.below).length > 0;
  if (!isFree && !isCandidate) return;
  const fields = { node, at, word: next, phase: isFree ? to : DECLARED };
  out.push(grammar.frames.frame("key", fields, parent));
}

/** The state after a byte between a key and its value. */
export function stepColon({ frames }: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, parent } = frame;
  if (byte === COLON) out.push(frames.frame("begin", { node, phase: 1 }, parent));
}

/** Tokens of a property whose name is not declared, from inside its key on. */
function otherCost(
  { prices, vocabulary }: Grammar,
  word: Word | null,
  phase: number,
  value: number,
) {
  const rest = phaseRests[phase]!;
  const ends = rest.length === 0 ? 0 : vocabulary.costs(rest)[0]!;
  const isDeclared = word !== null && word.index >= 0;
  const filler = isDeclared ? fillerCost(word) : 0;
  return ends + filler + prices.quote + prices.colon + value;
}

/** One more letter makes a declared name another one, unless all of these are declared too. */
function fillerCost(word: Word): number {
  for (let byte = 0x61; byte <= 0x7a; byte++) {
    const next = word.children.get(byte);
    if (!next || next.index < 0) return 1;
  }
  return Infinity;
}

/** Tokens to the end of the object, from between or inside its properties. */
export function objectCost(grammar: Grammar, frame: Frame): number {
  const { prices } = grammar;
  const { kind, node, at, phase, word, depth } = frame;
  const { properties, restCosts, nextRequired, additional } = node as ObjectNode;
  const close = prices.close.object;
  if (kind === "object" && phase === OBJECT.after) return restCosts[at]! + close;
  if (kind === "object" && nextRequired[at]! >= 0) return restCosts[at]! - prices.comma + close;
  if (kind === "object" && phase === OBJECT.open) return close;
  const typed = kind === "key" ? 1 + (word?.depth ?? 0) : 0;
  const below = kind === "key" ? (word?.below ?? []) : null;
  let best = Infinity;
  for (const i of candidates(grammar, frame, below)) {
    const { keyCosts, node: value } = properties[i]!;
    best = Math.min(best, keyCosts[typed]! + value.cost + restCosts[i + 1]!);
  }
  const isOther =
    kind === "key" ? phase !== DECLARED : takesOthers(grammar, node as ObjectNode, at, depth);
  if (isOther) {
    const [place, from] = kind === "key" ? [word, phase] : [(node as ObjectNode).names, FREE];
    const begin = kind === "key" ? 0 : prices.quote;
    best = Math.min(best, begin + otherCost(grammar, place, from, additional!.cost));
  }
  return best + close;
}
