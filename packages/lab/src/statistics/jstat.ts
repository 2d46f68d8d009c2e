// @ts-expect-error: jstat has no types
import library from "jstat";

/** What is used of jstat. */
interface JStat {
  studentt: { inv(p: number, freedom: number): number; cdf(t: number, freedom: number): number };
}

/** The statistics library, typed. */
export const jStat: JStat = library;
