// @ts-expect-error: jstat has no types
import jstat from "jstat";

/** The functions of jstat that are used here. */
const { inv, cdf }: Record<"inv" | "cdf", (x: number, freedom: number) => number> = jstat.studentt;

/** The value below which Student's t stays with probability `p`. @param p 0 < p < 1 @param freedom above 0 */
export const tQuantile = (p: number, freedom: number): number => inv(p, freedom);

/** The probability that Student's t exceeds `t`. @param t any number, infinite ones included @param freedom above 0 */
export function tTail(t: number, freedom: number): number {
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  return cdf(-t, freedom);
}
