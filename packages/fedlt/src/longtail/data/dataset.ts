import { FedError, having, listOf, whole } from "../../errors";

/** Labelled examples: rows of numbers, each with a class. */
export interface Dataset {
  /** Shape [size, width], row-major. */
  readonly inputs: Float32Array;
  /** One class per row, 0 ≤ label < classes. */
  readonly labels: Int32Array;
  /** Numbers per row. */
  readonly width: number;
  readonly classes: number;
}

/**
 * Checks that rows, labels and classes are consistent.
 * @throws {FedError} `ERR_SHAPE`, `ERR_RANGE` for a label outside the classes, `ERR_NOT_FINITE` for an input that is not finite
 */
export function checkDataset(place: string, { inputs, labels, width, classes }: Dataset): void {
  if (inputs.length !== labels.length * width)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/${place}: ${labels.length} rows of ${width} numbers need ${labels.length * width} inputs, got ${inputs.length}`,
    );
  const wrong = labels.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0)
    throw new FedError(
      "ERR_RANGE",
      `fedlt/${place}: the label of row ${wrong} must be from 0 to ${classes - 1}, got ${labels[wrong]}`,
      { fields: { row: wrong, label: labels[wrong] } },
    );
  const bad = inputs.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new FedError(
      "ERR_NOT_FINITE",
      `fedlt/${place}: input ${bad % width} of row ${Math.floor(bad / width)} is ${inputs[bad]}`,
    );
}

/** The rows with these indices, in that order. */
export function selectRows(data: Dataset, rows: readonly number[]): Dataset {
  having("selectRows", "data", data, "inputs", "labels", "width");
  listOf("selectRows", "rows", rows);
  const { width } = data;
  const inputs = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    inputs.set(data.inputs.subarray(row * width, (row + 1) * width), i * width);
  });
  return { ...data, inputs, labels: Int32Array.from(rows, (row) => data.labels[row]!) };
}

/** The number of labels of each class. */
export function classCounts(labels: ArrayLike<number>, classes: number): number[] {
  listOf("classCounts", "labels", labels);
  whole("classCounts", "classes", classes, { min: 1 });
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  return counts;
}

/** Row indices per class, ascending. */
export function rowsByClass(labels: ArrayLike<number>, classes: number): number[][] {
  listOf("rowsByClass", "labels", labels);
  whole("rowsByClass", "classes", classes, { min: 1 });
  const rows = Array.from({ length: classes }, (): number[] => []);
  for (let i = 0; i < labels.length; i++) rows[labels[i]!]!.push(i);
  return rows;
}

/**
 * The number of examples of each class on every client: one line per client, for a log or a table.
 * @param parts row indices per client, from a partition
 * @returns shape [clients][classes]
 */
export function countsPerClient(
  labels: ArrayLike<number>,
  parts: readonly (readonly number[])[],
  classes: number,
): number[][] {
  return parts.map((rows) =>
    classCounts(
      rows.map((row) => labels[row]!),
      classes,
    ),
  );
}
