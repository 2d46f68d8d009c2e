import { iterableOf, PrmError } from "../errors";

/**
 * The process-to-outcome shift: the share of solutions whose lowest step score is the last one's. A model that mostly
 * judges the answer has a high share (Math-Shepherd-7B 44.5 %, Qwen2.5-Math-PRM 17.5 to 18 %).
 *
 * @param solutions step scores; of equal scores the first is the lowest
 * @throws {PrmError} `ERR_ARGUMENT` without solutions or for one without steps
 * @see Zhang et al. 2025 (Qwen2.5-Math-PRM), section 4
 */
export function outcomeShift(solutions: Iterable<readonly number[]>): number {
  iterableOf("outcomeShift", "solutions", solutions);
  let [shifted, count] = [0, 0];
  for (const scores of solutions) {
    if (scores.length === 0)
      throw new PrmError("ERR_ARGUMENT", `outcomeShift: solution ${count + 1} has no steps`);
    count++;
    if (scores.indexOf(Math.min(...scores)) === scores.length - 1) shifted++;
  }
  if (count === 0) throw new PrmError("ERR_ARGUMENT", "outcomeShift: there are no solutions");
  return shifted / count;
}
