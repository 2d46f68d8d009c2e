import { LabError } from "../errors";
import { jStat } from "./jstat";

function checkFreedom(freedom: number): void {
  if (!(freedom > 0))
    throw new LabError("ERR_RANGE", `lab: degrees of freedom must be above 0, got ${freedom}`, {
      fields: { freedom },
    });
}

/**
 * The value below which Student's t stays with probability `p`.
 *
 * @param p 0 < p < 1
 * @param freedom degrees of freedom, above 0
 * @throws {LabError} `ERR_RANGE` for a probability or degrees of freedom out of range
 */
export function tQuantile(p: number, freedom: number): number {
  checkFreedom(freedom);
  if (!(p > 0 && p < 1))
    throw new LabError("ERR_RANGE", `lab: a probability must be within (0, 1), got ${p}`, {
      fields: { p },
    });
  return jStat.studentt.inv(p, freedom);
}

/**
 * The probability that Student's t exceeds `t`.
 *
 * @param t any number, infinite ones included
 * @param freedom degrees of freedom, above 0
 * @throws {LabError} `ERR_RANGE` for degrees of freedom out of range, or t that is NaN
 */
export function tTail(t: number, freedom: number): number {
  checkFreedom(freedom);
  if (Number.isNaN(t)) throw new LabError("ERR_RANGE", "lab: t is NaN", { fields: { t } });
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  return jStat.studentt.cdf(-t, freedom);
}
