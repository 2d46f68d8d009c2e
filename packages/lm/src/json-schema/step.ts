import { continuesDecimal, shortestDecimal } from "./decimals";
import { headsFor } from "./first-bytes";
import type { Frame } from "./frame";
import { fits, type Grammar } from "./grammar";
import type { FreeNumber, Head, RangeNode, StringNode, TextNode } from "./nodes";
import { OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE } from "./signs";
import { arrayCost, stepArray, stepUnique } from "./step-array";
import { NUMBER, nextNumber, numberCost } from "./step-number";
import { objectCost, stepColon, stepKey, stepObject } from "./step-object";
import { stringCost } from "./string-cost";
import { CLOSED, FREE, nextPhase } from "./string-phases";
import { itemCost } from "./unique-items";

/**
 * Readings of one text that are followed, the cheapest first; the others are dropped, which forbids texts and allows none. A value
 * that begins gives as many at most.
 */
export const MOST_READINGS = 64;

/** The state after the first byte of a value. */
function stepHead(grammar: Grammar, head: Head, parent: Frame, byte: number, out: Frame[]): void {
  if (!fits(grammar, head, parent.depth)) return;
  const begin = (kind: Frame["kind"], word: Frame["word"] = null) =>
    grammar.frames.frame(kind, { node: head, word }, parent);
  switch (head.kind) {
    case "object":
      if (byte === OPEN_BRACE) out.push(begin("object"));
      return;
    case "array":
      if (byte === OPEN_BRACKET) out.push(begin("array"));
      return;
    case "string":
      if (byte === QUOTE) out.push(begin("string"));
      return;
    case "text":
      if (byte === QUOTE)
        out.push(grammar.frames.frame("text", { node: head, at: head.dfa.start }, parent));
      return;
    case "literals":
      stepLiterals(grammar, begin("literals", head.words), byte, out);
      return;
    case "number":
      stepNumber(grammar, begin("number"), byte, out);
      return;
    case "range":
      stepRange(grammar, begin("range"), byte, out);
  }
}

function stepBegin(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, phase, parent } = frame;
  if (phase === 1 && byte === SPACE) {
    out.push(grammar.frames.frame("begin", { node }, parent));
    return;
  }
  const most = out.length + MOST_READINGS;
  for (const head of headsFor(node!, byte)) {
    stepHead(grammar, head, parent!, byte, out);
    if (out.length >= most) return;
  }
}

function stepLiterals(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, word, parent } = frame;
  const next = word!.children.get(byte);
  if (next)
    out.push(
      next.children.size === 0
        ? parent!
        : grammar.frames.frame("literals", { node, word: next }, parent),
    );
  if (word!.index >= 0) step(grammar, parent!, byte, out); // a number that begins another one
}

/** Characters that no bound counts any more are not counted. */
function countedLength({ min, max }: StringNode, length: number): number {
  return max === Infinity ? Math.min(length, min) : length;
}

function stepString(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { at, phase, parent } = frame;
  const node = frame.node as StringNode;
  const to = nextPhase(phase, byte);
  if (to === CLOSED) {
    if (at >= node.min) out.push(parent!);
    return;
  }
  if (to < 0 || (phase === FREE && at >= node.max)) return;
  const length = to === FREE ? countedLength(node, at + 1) : at;
  out.push(grammar.frames.frame("string", { node, at: length, phase: to }, parent));
}

function stepText({ frames, vocabulary }: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { node, at, parent } = frame;
  const machine = frames.machine(node as TextNode, vocabulary);
  if (byte === QUOTE && machine.label(at) >= 0) {
    out.push(parent!);
    return;
  }
  const next = machine.after(at, byte);
  if (next >= 0) out.push(frames.frame("text", { node, at: next }, parent));
}

function stepNumber(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { at, phase, parent } = frame;
  const node = frame.node as FreeNumber;
  const next = nextNumber(node, phase, at, byte);
  if (next) out.push(grammar.frames.frame("number", { node, ...next }, parent));
  if (NUMBER.complete.includes(phase)) step(grammar, parent!, byte, out);
}

function stepRange(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  const { text, parent } = frame;
  const node = frame.node as RangeNode;
  const character = String.fromCharCode(byte);
  if (/[-.0-9]/.test(character) && continuesDecimal(node, text, character))
    out.push(grammar.frames.frame("range", { node, text: text + character }, parent));
  else if (text !== "" && shortestDecimal(node, text) === 0) step(grammar, parent!, byte, out);
}

const beginOf = (grammar: Grammar) => (item: Frame, byte: number, out: Frame[]) =>
  stepBegin(grammar, item, byte, out);

type Step = (grammar: Grammar, frame: Frame, byte: number, out: Frame[]) => void;

const steps: Record<Frame["kind"], Step> = {
  end: () => {},
  begin: stepBegin,
  literals: stepLiterals,
  string: stepString,
  text: stepText,
  number: stepNumber,
  range: stepRange,
  object: stepObject,
  key: stepKey,
  colon: stepColon,
  array: (grammar, frame, byte, out) => stepArray(grammar, frame, byte, out, beginOf(grammar)),
  item: (grammar, frame, byte, out) => stepUnique(grammar, frame, byte, out, beginOf(grammar)),
};

/** Adds the frames that may stand after a byte; none if it may not stand there. */
export function step(grammar: Grammar, frame: Frame, byte: number, out: Frame[]): void {
  steps[frame.kind](grammar, frame, byte, out);
}

/** Whether the text may end here. */
export function isComplete(frame: Frame): boolean {
  const { kind, node, phase, word, text, parent } = frame;
  if (kind === "end") return true;
  const hasValue =
    (kind === "literals" && word!.index >= 0) ||
    (kind === "number" && NUMBER.complete.includes(phase)) ||
    (kind === "range" && text !== "" && shortestDecimal(node as RangeNode, text) === 0);
  return hasValue && isComplete(parent!);
}

function ownCost(grammar: Grammar, frame: Frame): number {
  const { kind, node, phase, word, text } = frame;
  switch (kind) {
    case "end":
      return 0;
    case "begin":
      return node!.cost;
    case "colon":
      return grammar.prices.colon + node!.cost;
    case "literals":
      return word!.cost;
    case "string":
      return stringCost(grammar, (node as StringNode).min - frame.at, phase);
    case "text":
      return grammar.frames.machine(node as TextNode, grammar.vocabulary).cost(frame.at);
    case "number":
      return numberCost(phase) * grammar.prices.digit;
    case "range": {
      const digits = shortestDecimal(node as RangeNode, text);
      return digits === 0 ? 0 : digits * grammar.prices.digit;
    }
    case "object":
    case "key":
      return objectCost(grammar, frame);
    case "array":
      return arrayCost(grammar, frame);
    case "item":
      return itemCost(grammar, frame);
  }
}

/** Tokens that end the text in the shortest way. */
export function costOf(grammar: Grammar, frame: Frame): number {
  if (frame.cost < 0)
    frame.cost = ownCost(grammar, frame) + (frame.parent ? costOf(grammar, frame.parent) : 0);
  return frame.cost;
}
