import type { ArrayNode, Literals } from "./nodes";

/** Numbers of the values that a list has, ascending. */
export const usedOf = (text: string): ReadonlySet<number> =>
  new Set(text === "" ? [] : text.split(",").map(Number));

/** The values of a list whose items differ. */
export const valuesOf = ({ rest }: ArrayNode): Literals => rest as Literals;

/**
 * Tokens of the cheapest values that a list does not have yet, each with a comma before it; Infinity if there are too few.
 * @param but a value that is not counted
 */
export function cheapestUnused(
  { valueCosts, valueOrder }: ArrayNode,
  text: string,
  count: number,
  comma: number,
  but = -1,
): number {
  if (count <= 0) return 0;
  const used = usedOf(text);
  let total = 0;
  let missing = count;
  for (const i of valueOrder) {
    if (used.has(i) || i === but) continue;
    total += valueCosts[i]![0]! + comma;
    if (--missing === 0) return total;
  }
  return Infinity;
}
