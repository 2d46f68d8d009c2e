import { PrmError } from "../errors";
import { checkSolution, type Solution } from "./solution";

/** A solution, or the error of a row that is none; rows are counted from 1. */
export type CheckedRow =
  | { readonly row: number; readonly solution: Solution }
  | { readonly row: number; readonly error: PrmError };

/** Rows with their numbers, checked; a row that is not a solution, or repeats an id, carries an error. */
export async function* checkedRows(
  rows: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<CheckedRow, void> {
  const ids = new Set<string>();
  let row = 0;
  for await (const value of rows) {
    row++;
    try {
      const solution = checkSolution(value);
      if (ids.has(solution.id))
        throw new PrmError("ERR_FORMAT", `solution "${solution.id}": the id occurs twice`, {
          fields: { id: solution.id },
        });
      ids.add(solution.id);
      yield { row, solution };
    } catch (error) {
      if (!PrmError.isInstance(error)) throw error;
      yield { row, error };
    }
  }
}
