import type { Budget, Slices } from "@deepgrain/support";
import { accepts } from "./accepts";
import { type Head, headsOf, type Literals, type Node, type ObjectNode } from "./nodes";

/** How deep properties are compared. */
const DEPTH = 8;

const typeOf = ({ kind }: Head) => (kind === "range" ? "number" : kind);

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
    const other = b.properties.find((property) => property.name === name);
    if (other ? yield* areDisjoint(node, other.node, budget, depth + 1) : b.additional === null)
      return true;
  }
  return false;
}

/** Whether none of some values satisfies a node. */
function* takesNone(node: Head, { values }: Literals, budget: Budget): Slices<boolean> {
  for (const value of values) if (yield* accepts(node, value, budget)) return false;
  return true;
}

function* areHeadsDisjoint(a: Head, b: Head, budget: Budget, depth: number): Slices<boolean> {
  budget.spendSteps(1);
  if (a.kind === "literals") return yield* takesNone(b, a, budget);
  if (b.kind === "literals") return yield* takesNone(a, b, budget);
  if (typeOf(a) !== typeOf(b)) return true;
  if (a.kind !== "object" || b.kind !== "object") return false;
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
