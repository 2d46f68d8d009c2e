/** @file Runs expressions of the study's own vocabulary; they cannot name anything but the array. */
import { isDeepStrictEqual } from "node:util";
import type { ArrayTask } from "../array-tasks";

/** Whether an expression, from the array on, passes tests. */
export function passes(expression: string, tests: ArrayTask["tests"]): boolean {
  try {
    const solve = new Function("list", `return list${expression};`);
    return tests.every(({ arguments: [list], equals }) =>
      isDeepStrictEqual(solve([...(list as number[])]), equals),
    );
  } catch {
    return false;
  }
}
