import { RenodeError } from "../errors";
import type { Steps } from "../steps";
import type { InfluenceSettings } from "./options";
import type { Walk } from "./walk";

/** Columns that are iterated together, so that each entry of the matrix is read once for all of them. */
export const BLOCK = 4;

/** to := walk·from + restart·start for four columns side by side. Returns the largest change. */
function stepOfFour(
  { order, offsets, targets, coefficients, diagonal }: Walk,
  from: Float64Array,
  to: Float64Array,
  start: Float64Array,
  restart: number,
): number {
  let worst = 0;
  for (let i = 0; i < order; i++) {
    const at = i * BLOCK;
    const own = diagonal[i]!;
    let a = own * from[at]! + restart * start[at]!;
    let b = own * from[at + 1]! + restart * start[at + 1]!;
    let c = own * from[at + 2]! + restart * start[at + 2]!;
    let d = own * from[at + 3]! + restart * start[at + 3]!;
    for (let e = offsets[i]!, end = offsets[i + 1]!; e < end; e++) {
      const weight = coefficients[e]!;
      const other = targets[e]! * BLOCK;
      a += weight * from[other]!;
      b += weight * from[other + 1]!;
      c += weight * from[other + 2]!;
      d += weight * from[other + 3]!;
    }
    worst = Math.max(
      worst,
      Math.abs(a - from[at]!),
      Math.abs(b - from[at + 1]!),
      Math.abs(c - from[at + 2]!),
      Math.abs(d - from[at + 3]!),
    );
    to[at] = a;
    to[at + 1] = b;
    to[at + 2] = c;
    to[at + 3] = d;
  }
  return worst;
}

/** Iterations until (1 − restart)^k is below the tolerance: what a run will take, about. */
export const expectedIterations = ({ restart, tolerance }: InfluenceSettings): number =>
  restart === 1 ? 1 : Math.ceil(Math.log(tolerance) / Math.log(1 - restart));

/**
 * The fixed point of Z = walk·Z + restart·start for four columns, by power iteration from Z = start.
 *
 * @param start shape [order, 4]
 * @returns shape [order, 4]
 * @throws {RenodeError} `ERR_NOT_CONVERGED`
 */
export function* solveFour(
  walk: Walk,
  start: Float64Array,
  settings: InfluenceSettings,
  place: string,
): Steps<Float64Array> {
  const { restart, tolerance, maxIterations } = settings;
  let from = start.slice();
  let to = new Float64Array(start.length);
  const total = expectedIterations(settings);
  let change = Number.POSITIVE_INFINITY;
  for (let done = 1; done <= maxIterations; done++) {
    change = stepOfFour(walk, from, to, start, restart);
    [from, to] = [to, from];
    if (change <= tolerance) return from;
    if (done % 16 === 0)
      yield { type: "progress", stage: "power", done, total: Math.max(total, done) };
  }
  throw new RenodeError(
    "ERR_NOT_CONVERGED",
    `renode/${place}: entries still change by ${change} after ${maxIterations} iterations, tolerance ${tolerance}: raise maxIterations or tolerance`,
    { fields: { change, maxIterations, tolerance } },
  );
}
