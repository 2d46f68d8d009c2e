import type { Frame } from "./frame";
import { fits, type Grammar } from "./grammar";
import type { ObjectNode } from "./nodes";
import { OtherNames } from "./other-names";
import { CLOSE_BRACE, COLON, COMMA, QUOTE, SPACE } from "./signs";

/** Phases of an object: after `{`, after a property, after a comma, after a comma and a space. */
export const OBJECT = { open: 0, after: 1, comma: 2, space: 3 } as const;

/** Phase of a key that can only become a declared name. */
const DECLARED = -1;

/** The place behind a property that is not declared: only others follow. */
const othersAt = ({ properties, neededOther }: ObjectNode) =>
  properties.length + (neededOther ? 1 : 0);

/** Whether one more property may come, and after it those that are required from a place on. */
const hasRoom = ({ max, requiredFrom }: ObjectNode, count: number, at: number): boolean =>
  count + 1 + requiredFrom[at]! <= max;

/** The last declared property that may come next. */
function lastCandidate({ nextRequired, properties }: ObjectNode, at: number): number {
  const required = nextRequired[at]!;
  return required < 0 ? properties.length - 1 : required;
}

/** Whether names that are not declared may come: others do after all required ones. */
const takesOthers = (grammar: Grammar, { node, at, count, depth }: Frame): boolean => {
  const object = node as ObjectNode;
  if (object.nextRequired[at]! >= 0 || !object.others) return false;
  if (!hasRoom(object, count, othersAt(object))) return false;
  return object.others.nodes.some((value) => fits(grammar, value, depth));
};

/** The declared properties that may come, of those that go through a word. */
function candidates(
  grammar: Grammar,
  { node, at, count, depth }: Frame,
  below: readonly number[] | null,
): number[] {
  const object = node as ObjectNode;
  const last = lastCandidate(object, at);
  const all = below ?? Array.from({ length: Math.max(0, last + 1 - at) }, (_, i) => at + i);
  return all.filter(
    (i) =>
      i >= at &&
      i <= last &&
      hasRoom(object, count, i + 1) &&
      fits(grammar, object.properties[i]!.node, depth),
  );
}

const hasKey = (grammar: Grammar, frame: Frame): boolean =>
  takesOthers(grammar, frame) || candidates(grammar, frame, null).length > 0;

function beginKey(grammar: Grammar, frame: Frame): Frame {
  const { node, at, count, parent } = frame;
  const { names, others } = node as ObjectNode;
  const phase = takesOthers(grammar, frame) ? others!.dfa.start : DECLARED;
  return grammar.frames.frame("key", { node, at, count, word: names, phase }, parent);
}

/** Whether an object may end at a place. */
const mayEnd = ({ requiredFrom }: ObjectNode, at: number) => requiredFrom[at] === 0;

/** The state after a byte inside an object, between its properties. */
export function stepObject(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, at, phase, count, parent } = frame;
  const isBetween = phase === OBJECT.open || phase === OBJECT.after;
  if (isBetween && byte === CLOSE_BRACE && mayEnd(node as ObjectNode, at)) out.push(parent!);
  const next = (to: number) =>
    grammar.frames.frame("object", { node, at, count, phase: to }, parent);
  if (phase === OBJECT.after && byte === COMMA && hasKey(grammar, frame))
    out.push(next(OBJECT.comma));
  if (phase === OBJECT.comma && byte === SPACE) out.push(next(OBJECT.space));
  if (phase !== OBJECT.after && byte === QUOTE && hasKey(grammar, frame))
    out.push(beginKey(grammar, frame));
}

/** The object after a property, up to where the property's value begins. */
function afterKey(
  { frames }: Grammar,
  frame: Frame,
  property: number | null,
  value: number,
): Frame {
  const { node, count, parent } = frame;
  const object = node as ObjectNode;
  const { properties, others, max } = object;
  const at = property === null ? othersAt(object) : property + 1;
  const fields = { node, at, count: max < Infinity ? count + 1 : 0, phase: OBJECT.after };
  const after = frames.frame("object", fields, parent);
  const inner = property === null ? others!.nodes[value]! : properties[property]!.node;
  return frames.frame("colon", { node: inner }, after);
}

/** The state after a byte inside a key. */
export function stepKey(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, at, count, phase, word, parent, depth } = frame;
  const { others } = node as ObjectNode;
  const machine = phase === DECLARED ? null : grammar.frames.machine(others!, grammar.vocabulary);
  const next = word?.children.get(byte) ?? null;
  if (byte === QUOTE) {
    const isDeclared = word !== null && word.index >= 0;
    if (isDeclared && candidates(grammar, frame, [word.index]).length > 0)
      out.push(afterKey(grammar, frame, word.index, -1));
    const label = isDeclared || !machine ? -1 : machine.label(phase);
    if (label >= 0 && fits(grammar, others!.nodes[label]!, depth))
      out.push(afterKey(grammar, frame, null, label));
  }
  const to = machine?.after(phase, byte) ?? DECLARED;
  const isCandidate = next !== null && candidates(grammar, frame, next.below).length > 0;
  if (to === DECLARED && !isCandidate) return;
  out.push(grammar.frames.frame("key", { node, at, count, word: next, phase: to }, parent));
}

/** The state after a byte between a key and its value. */
export function stepColon({ frames }: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, parent } = frame;
  if (byte === COLON) out.push(frames.frame("begin", { node, phase: 1 }, parent));
}

/** Tokens to the end of the object, from between or inside its properties. */
export function objectCost(grammar: Grammar, frame: Frame): number {
  const { prices, frames, vocabulary } = grammar;
  const { kind, node, at, phase, word } = frame;
  const object = node as ObjectNode;
  const { properties, restCosts, others, names } = object;
  const close = prices.close.object;
  const isKey = kind === "key";
  const other = (place: typeof word, state: number) =>
    new OtherNames(frames.machine(others!, vocabulary), vocabulary).cost(place, state);
  /** Tokens that must come after the declared properties from a place on, with a comma before them. */
  const rest = (from: number) =>
    restCosts[Math.min(from, properties.length)]! +
    (object.neededOther && from <= properties.length
      ? prices.comma + prices.quote + other(names, others!.dfa.start)
      : 0);
  if (!isKey && phase === OBJECT.after) return rest(at) + close;
  if (!isKey && !mayEnd(object, at)) return rest(at) - prices.comma + close;
  if (!isKey && phase === OBJECT.open) return close;
  const typed = isKey ? 1 + (word?.depth ?? 0) : 0;
  const below = isKey ? (word?.below ?? []) : null;
  let best = Infinity;
  for (const i of candidates(grammar, frame, below)) {
    const { keyCosts, node: value } = properties[i]!;
    best = Math.min(best, keyCosts[typed]! + value.cost + rest(i + 1));
  }
  if (isKey && phase !== DECLARED) best = Math.min(best, other(word, phase));
  if (!isKey && takesOthers(grammar, frame))
    best = Math.min(best, prices.quote + other(names, others!.dfa.start));
  return best + close;
}
