import type { Budget, Slices } from "@deepgrain/support";
import { accepts, isExact } from "./accepts";
import { labelOf, NONE } from "./automata/dfa";
import { intersection } from "./automata/product";
import { headsOf } from "./heads";
import {
  type ArrayNode,
  type Head,
  itemNode,
  type Literals,
  type Node,
  type ObjectNode,
  type RangeNode,
  type StringNode,
  type TextNode,
} from "./nodes";

/** How deep properties are compared. */
const DEPTH = 8;

const typeOf = ({ kind }: Head) =>
  kind === "range" ? "number" : kind === "text" ? "string" : kind;

/** The node of a property's value; undefined if there may be none. */
function valueNode({ properties, others }: ObjectNode, name: string): Node | undefined {
  const own = properties.find((property) => property.name === name);
  if (own || !others) return own?.node;
  const label = labelOf(others.dfa, name);
  return label === NONE ? undefined : others.nodes[label];
}

/** Whether lists of one node have a length that the other forbids, or an item that differs in every case. */
function* areListsDisjoint(
  a: ArrayNode,
  b: ArrayNode,
  budget: Budget,
  depth: number,
): Slices<boolean> {
  if (a.min > b.max || b.min > a.max) return true;
  const needed = Math.min(Math.max(a.min, b.min), Math.max(a.prefix.length, b.prefix.length) + 1);
  for (let at = 0; at < needed; at++) {
    const [one, two] = [itemNode(a, at), itemNode(b, at)];
    if (!one || !two || (yield* areDisjoint(one, two, budget, depth + 1))) return true;
  }
  return false;
}

type Strings = StringNode | TextNode;
const isString = (head: Head): head is Strings => head.kind === "string" || head.kind === "text";

/** Whether no text is one of both nodes. */
function* areTextsDisjoint(a: Strings, b: Strings, budget: Budget): Slices<boolean> {
  const parts = [a, b].flatMap((one) => (one.kind === "text" && one.isExact ? [one.dfa] : []));
  const lengths = [a, b].flatMap((one) => (one.kind === "string" ? [one] : []));
  const min = Math.max(0, ...lengths.map((one) => one.min));
  const max = Math.min(Infinity, ...lengths.map((one) => one.max));
  if (parts.length === 0) return min > max;
  return (yield* intersection(parts, { min, max }, budget)).start === NONE;
}

/** Whether objects of one node need a property that the other forbids, or gives values that differ in every case. */
function* areObjectsDisjoint(
  a: ObjectNode,
  b: ObjectNode,
  budget: Budget,
  depth: number,
): Slices<boolean> {
  for (const { name, node, isRequired } of a.properties) {
    if (!isRequired) continue;
    budget.spendSteps(b.properties.length);
    const other = valueNode(b, name);
    if (!other || (yield* areDisjoint(node, other, budget, depth + 1))) return true;
  }
  return false;
}

/** Whether no number is in both ranges, in units of 10^−15. */
function areRangesDisjoint(a: RangeNode, b: RangeNode): boolean {
  if (!a.isExact || !b.isExact) return false;
  const unit = ({ scale }: RangeNode) => 10n ** BigInt(15 - scale);
  return a.low * unit(a) > b.high * unit(b) || b.low * unit(b) > a.high * unit(a);
}

/** Whether none of some values satisfies a node. */
function* takesNone(node: Head, { values }: Literals, budget: Budget): Slices<boolean> {
  for (const value of values) if (yield* accepts(node, value, budget, "outer")) return false;
  return true;
}

function* areHeadsDisjoint(a: Head, b: Head, budget: Budget, depth: number): Slices<boolean> {
  budget.spendSteps(1);
  if (a.kind === "literals") return yield* takesNone(b, a, budget);
  if (b.kind === "literals") return yield* takesNone(a, b, budget);
  if (typeOf(a) !== typeOf(b)) return true;
  if (a.kind === "range" && b.kind === "range") return areRangesDisjoint(a, b);
  if (isString(a) && isString(b)) return yield* areTextsDisjoint(a, b, budget);
  if (a.kind === "array" && b.kind === "array") return yield* areListsDisjoint(a, b, budget, depth);
  if (a.kind !== "object" || b.kind !== "object" || !isExact(a) || !isExact(b)) return false;
  if (yield* areObjectsDisjoint(a, b, budget, depth)) return true;
  return yield* areObjectsDisjoint(b, a, budget, depth);
}

/**
 * Whether it is proven that no value satisfies both nodes; false also where it is not known.
 * @param budget a step is one pair that is compared
 */
export function* areDisjoint(a: Node, b: Node, budget: Budget, depth = 0): Slices<boolean> {
  if (depth > DEPTH) return false;
  for (const one of headsOf(a, budget))
    for (const two of headsOf(b, budget))
      if (!(yield* areHeadsDisjoint(one, two, budget, depth))) return false;
  yield;
  return true;
}
