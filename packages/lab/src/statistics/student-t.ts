// @ts-expect-error: jstat has no types
import jstat from "jstat";
import { LabError } from "../errors";

/** What is used of jstat. */
const { studentt }: { studentt: Record<"inv" | "cdf", (x: number, freedom: number) => number> } =
  jstat;

function check(isRight: boolean, wanted: string, value: number): void {
  if (isRight) return;
  throw new LabError("ERR_RANGE", `lab: ${wanted}, got ${value}`, { fields: { value } });
}

/**
 * The value below which Student's t stays with probability `p`.
 *
 * @param p 0 < p < 1
 * @param freedom degrees of freedom, above 0
 * @throws {LabError} `ERR_RANGE` for a probability or degrees of freedom out of range
 */
export function tQuantile(p: number, freedom: number): number {
  check(freedom > 0, "degrees of freedom must be above 0", freedom);
  check(p > 0 && p < 1, "a probability must be within (0, 1)", p);
  return studentt.inv(p, freedom);
}

/**
 * The probability that Student's t exceeds `t`.
 *
 * @param t any number, infinite ones included
 * @param freedom degrees of freedom, above 0
 * @throws {LabError} `ERR_RANGE` for degrees of freedom out of range, or t that is NaN
 */
export function tTail(t: number, freedom: number): number {
  check(freedom > 0, "degrees of freedom must be above 0", freedom);
  check(!Number.isNaN(t), "t must be a number", t);
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  return studentt.cdf(-t, freedom);
}
