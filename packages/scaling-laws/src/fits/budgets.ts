import { optionsOf, refuseUnknown } from "../errors";
import type { Run } from "../runs/run";

/** Runs that spent about the same compute. */
export interface BudgetGroup {
  budget: number;
  runs: Run[];
}

/**
 * Groups runs by compute: by their `budget` where given, else by `flops`, lowest first. A group ends where the next run
 * spends more than `1 + tolerance` times the group's lowest. The group's budget is its runs' geometric mean.
 *
 * @param options.tolerance relative width of a group (default 0.05: tokens are rounded to whole steps)
 */
export function groupByBudget(
  runs: readonly Run[],
  options: { tolerance?: number | undefined } = {},
): BudgetGroup[] {
  const { tolerance = 0.05, ...rest } = optionsOf("groupByBudget", options);
  refuseUnknown("groupByBudget", rest);
  const spent = (run: Run) => run.budget ?? run.flops;
  const groups: Run[][] = [];
  for (const run of [...runs].sort((a, b) => spent(a) - spent(b))) {
    const group = groups.at(-1);
    if (group && spent(run) <= spent(group[0]!) * (1 + tolerance)) group.push(run);
    else groups.push([run]);
  }
  return groups.map((group) => ({
    budget: Math.exp(group.reduce((sum, run) => sum + Math.log(spent(run)), 0) / group.length),
    runs: group,
  }));
}

/** Groups items by a key, in the order of their first appearance. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

/** The mean loss of runs that differ in their seed only. */
export const meanLoss = (runs: readonly Run[]): number =>
  runs.reduce((sum, run) => sum + run.loss, 0) / runs.length;
