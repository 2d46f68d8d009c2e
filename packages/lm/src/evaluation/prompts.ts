import { createRandom } from "../generation/random";
import { type ChoiceTask, choicesOf, type DataRow, filled, type Task, wrong } from "./task";

/** The rows of an evaluation. */
export interface EvaluationRows {
  readonly rows: readonly DataRow[];
  /** Rows that solved ones are drawn from. Default: the others of `rows`. */
  readonly shotRows?: readonly DataRow[] | undefined;
  /** Names a row in errors. Default its place from 0. */
  readonly rowName?: ((index: number) => string) | undefined;
  /** Draws the solved rows: the same ones for a row whatever else is evaluated. Default 0. */
  readonly seed?: number | undefined;
}

const nameOf = (index: number) => `row ${index}`;

/** The name of a row in errors. */
export const rowNamer = ({ rowName = nameOf }: EvaluationRows) => rowName;

/** The end of a solved row. */
function answerText(task: Task, row: DataRow, where: string): string {
  if (task.kind === "answers") return filled(task.answer, row, where);
  const { choices, right } = choicesOf(task as ChoiceTask, row, where);
  return choices[right]!;
}

/** Different numbers below `count`, without one of them: the work is that of the wanted ones, however many there are. */
function drawn(count: number, wanted: number, without: number, seed: readonly number[]): number[] {
  const { next } = createRandom(seed as number[]);
  const taken = without < 0 ? [] : [without]; // rising
  return Array.from({ length: wanted }, () => {
    let number = Math.floor(next() * (count - taken.length));
    let place = 0;
    for (; place < taken.length && taken[place]! <= number; place++) number++;
    taken.splice(place, 0, number);
    return number;
  });
}

/**
 * A row's prompt: solved rows, then the row itself. They are drawn anew for each row, never the row itself.
 *
 * @throws {LmError} `ERR_FORMAT` for rows without a field and for fewer rows than `shots`
 */
export function promptOf(task: Task, data: EvaluationRows, index: number): string {
  const { prompt, shots = 0, delimiter = " ", separator = "\n\n" } = task;
  const { rows, shotRows, seed = 0 } = data;
  const name = rowNamer(data);
  const own = filled(prompt, rows[index]!, name(index));
  const pool = shotRows ?? rows;
  const without = shotRows ? -1 : index;
  if (pool.length - (shotRows ? 0 : 1) < shots)
    return wrong(name(index), `${shots} solved rows are needed, there are too few`);
  const solved = drawn(pool.length, shots, without, [seed, index]).map((i) => {
    const where = shotRows ? `solved row ${i}` : name(i);
    const row = pool[i]!;
    return filled(prompt, row, where) + delimiter + answerText(task, row, where) + separator;
  });
  return solved.join("") + own;
}
