import type { View } from "../backend/view";
import { streamed } from "./elementwise";
import { type Launcher, perRow, spread } from "./launcher";

/** A kernel with a workgroup for each row of `a.width` numbers. */
export interface RowKernel {
  readonly key: string;
  readonly rows: number;
  readonly width: number;
  readonly outs: Readonly<Record<string, View>>;
  readonly inputs: Readonly<Record<string, View>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly numbers?: Readonly<Record<string, number>>;
  /** In WGSL: from `row`, `first` = row · width and `lane`, which takes every 64th number. */
  readonly body: string;
  /** Multiplications and additions per number of the first input. */
  readonly flop: number;
}

/** A loop of a row's threads over its numbers: `j` is the column, `at` the place. */
export const eachColumn = (body: string): string =>
  `for (var j = lane; j < a.width; j += 64u) { let at = first + j; ${body} }`;

export function launchRows(launcher: Launcher, kernel: RowKernel): void {
  const { key, rows, width, outs, inputs, numbers = {}, floats = {}, body, flop } = kernel;
  if (rows === 0) return;
  const reads = Object.values(inputs);
  launcher.launch({
    key,
    views: { ...outs, ...inputs },
    writes: Object.keys(outs),
    numbers: { rows, width, ...numbers },
    floats,
    body: () => perRow(`let first = row * a.width;\n  ${body}`),
    groups: spread(rows),
    work: streamed(reads, Object.values(outs), flop * (reads[0]?.size ?? 0)),
  });
}
