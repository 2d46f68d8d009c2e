import { listOf, real } from "../errors";

/** A point of a frontier: what was reached, and what it cost. */
interface FrontierPoint {
  score: number;
  cost: number;
}

/**
 * The cost of a score along a frontier: read off the straight line between the first two points of which the second has
 * it.
 * @param points from the cheapest to the dearest way
 * @returns null where no point reaches the score; the first point's cost where that has it
 */
export function costAt(score: number, points: readonly FrontierPoint[]): number | null {
  real("costAt", "score", score);
  listOf("costAt", "points", points);
  const at = points.findIndex((point) => point.score >= score);
  if (at <= 0) return at === 0 ? points[0]!.cost : null;
  const [below, above] = [points[at - 1]!, points[at]!];
  const share = (score - below.score) / (above.score - below.score);
  return below.cost + share * (above.cost - below.cost);
}
