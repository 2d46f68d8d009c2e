import { listOf, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type Random, shuffled } from "../random";

/** A text as words, or token ids, with its class. */
export interface Labelled<W = string> {
  readonly words: readonly W[];
  /** Class from 0. */
  readonly label: number;
}

/**
 * Checks a clean set.
 * @throws {PurifyError} `ERR_DATA` for no rows, or a label outside of the classes, naming the row
 */
export function assertLabels(rows: readonly { label: number }[], classes: number): void {
  if (listOf("cleanSubset", "rows", rows).length === 0)
    throw new PurifyError("ERR_DATA", "cleanSubset: the clean data are empty");
  const bad = rows.findIndex(
    ({ label }) => !(Number.isInteger(label) && label >= 0 && label < classes),
  );
  if (bad >= 0)
    throw new PurifyError(
      "ERR_DATA",
      `cleanSubset: labels must be classes from 0 to ${classes - 1}; row ${bad} has ${rows[bad]!.label}`,
      { fields: { row: bad, label: rows[bad]!.label, classes } },
    );
}

/** Options of {@link cleanSubset}. */
export interface CleanSubsetOptions {
  /** Number of classes. */
  classes: number;
  /** Rows of each class. Default 8. */
  perClass?: number | undefined;
  random: Random;
  /** How to handle a class with fewer rows: an error, or all of its rows. Default "refuse". */
  ifFewer?: "refuse" | "take-all" | undefined;
}

/**
 * The same number of rows of every class, drawn without replacement and in random order: D^Clean.
 *
 * @throws {PurifyError} `ERR_DATA` for no rows, unknown labels, or a class with too few rows, naming it; with `take-all` only for
 *   a class without any
 */
export function cleanSubset<T extends { label: number }>(
  rows: readonly T[],
  options: CleanSubsetOptions,
): T[] {
  const {
    classes,
    perClass = 8,
    random,
    ifFewer = "refuse",
    ...rest
  } = optionsOf("cleanSubset", options);
  refuseUnknown("cleanSubset", rest);
  assertLabels(rows, classes);
  const drawn = shuffled(rows, random);
  const chosen = Array.from({ length: classes }, (_, label) =>
    drawn.filter((row) => row.label === label).slice(0, perClass),
  );
  const least = ifFewer === "refuse" ? perClass : 1;
  const short = chosen.findIndex((own) => own.length < least);
  if (short >= 0)
    throw new PurifyError(
      "ERR_DATA",
      `fine-purify/cleanSubset: class ${short} has ${chosen[short]!.length} rows, ${least} are needed`,
      { fields: { class: short, rows: chosen[short]!.length, needed: least } },
    );
  return shuffled(chosen.flat(), random);
}
