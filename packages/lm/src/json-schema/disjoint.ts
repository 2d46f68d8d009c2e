import { accepts } from "./accepts";
import { type Head, headsOf, type Node, type ObjectNode } from "./nodes";

/** How deep properties are compared. */
const DEPTH = 8;

const typeOf = ({ kind }: Head) => (kind === "range" ? "number" : kind);

/** Whether objects of one node need a property that the other forbids, or gives values that differ in every case. */
function areObjectsDisjoint(a: ObjectNode, b: ObjectNode, depth: number): boolean {
  return a.properties.some(({ name, node, isRequired }) => {
    if (!isRequired) return false;
    const other = b.properties.find((property) => property.name === name);
    if (other) return areDisjoint(node, other.node, depth + 1);
    return b.additional === null;
  });
}

function areHeadsDisjoint(a: Head, b: Head, depth: number): boolean {
  if (a.kind === "literals") return !a.values.some((value) => accepts(b, value));
  if (b.kind === "literals") return !b.values.some((value) => accepts(a, value));
  if (typeOf(a) !== typeOf(b)) return true;
  if (a.kind !== "object" || b.kind !== "object") return false;
  return areObjectsDisjoint(a, b, depth) || areObjectsDisjoint(b, a, depth);
}

/** Whether it is proven that no value satisfies both nodes; false also where it is not known. */
export function areDisjoint(a: Node, b: Node, depth = 0): boolean {
  if (depth > DEPTH) return false;
  return headsOf(a).every((one) => headsOf(b).every((two) => areHeadsDisjoint(one, two, depth)));
}
