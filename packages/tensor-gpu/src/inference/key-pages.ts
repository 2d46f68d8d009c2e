/** @file Keys and values in pages, and the checks of them: kernels trust every size and index. */

import type { Pages, Rotation } from "../backend/shortcuts";
import { withShortcuts } from "../backend/with-kernels";
import { fail, optionsOf } from "../errors";
import { assertFloat, assertFloatOrNull, assertIndex } from "../ops/operands";
import { shapeError } from "../ops/support";
import { assertNoneOpen } from "../tensor/open-recording";
import { sameShape } from "../tensor/shape";
import { assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { pageShortcuts } from "../wasm/kernels/pages";
import { assertApart } from "./apart";

/** Keys and values of many sequences, in pages. */
export interface KeyPages extends Pages {
  /** [pages, keyHeads, pageTokens, d], pageTokens a multiple of 4. */
  keys: Tensor;
  /** [pages, keyHeads, pageTokens, dv]; null: a value is the first part of its key. */
  values: Tensor | null;
  /** int32 [rows, 2]: for each row of the batch the row of `table` of its sequence, and its position. */
  rows: Tensor;
  /** int32 [sequences, most pages]: the numbers of each sequence's pages, in order. */
  table: Tensor;
  /** The values of `rows` and `table`, for backends that compose attention from other kernels. */
  numbers: { rows: Int32Array; table: Int32Array };
}

/** Angles by position. */
export interface PageRotation extends Rotation {
  /** [positions, d/2]; narrower tables rotate only the last part of a head. */
  cos: Tensor;
  sin: Tensor;
}

/** The backend's fused operations on pages, if it has any. */
export const shortcutsOf = ({ storage: { backend } }: Tensor) =>
  withShortcuts(backend, "attendPages", pageShortcuts).shortcuts;

const isPaged = (pages: Tensor) => pages.rank === 4 && pages.isContiguous;

/**
 * Checks the types and shapes of pages against each other and against the rows of `x`.
 * @throws {TensorError} `ERR_ARGUMENT`, `ERR_SHAPE`, `ERR_DTYPE`
 */
export function checkPages(op: string, x: Tensor, pages: KeyPages): void {
  const { keys, values, rows, table, numbers } = optionsOf(op, pages);
  if (values === undefined)
    fail("ERR_ARGUMENT", `${op}: values must be a tensor or null, got undefined`);
  assertFloat(op, x, keys);
  assertFloatOrNull(op, x, values);
  assertIndex(op, x, rows);
  assertIndex(op, x, table);
  if (!isPaged(keys) || keys.shape[2]! % 4 !== 0)
    shapeError(op, "pages must be contiguous, [pages, keyHeads, a multiple of 4, d]", keys.shape);
  if (values && !(isPaged(values) && sameShape(values.shape.slice(0, 3), keys.shape.slice(0, 3))))
    shapeError(
      op,
      "pages of values must be contiguous and as those of keys, except for the last axis",
      values.shape,
      keys.shape,
    );
  if (values) assertApart(op, "keys and values", keys, values);
  const fits = rows.rank === 2 && rows.shape[1] === 2 && x.shape[0] === rows.shape[0];
  if (!fits || table.rank !== 2 || !rows.isContiguous || !table.isContiguous)
    shapeError(
      op,
      "rows must be [rows, 2] and the table [sequences, pages], contiguous",
      rows.shape,
      table.shape,
    );
  const isList = (list: unknown, size: number) =>
    list instanceof Int32Array && list.length === size;
  if (!isList(numbers?.rows, rows.size) || !isList(numbers?.table, table.size))
    shapeError(
      op,
      "numbers must be the values of rows and table, as Int32Arrays",
      rows.shape,
      table.shape,
    );
}

/** The values that the kernels will read: the tensor itself, where it can be read synchronously. */
const entries = (x: Tensor, numbers: Int32Array) =>
  x.canReadSync ? (x.dataSync() as Int32Array) : numbers;

function assertBelow(op: string, name: string, value: number, limit: number): void {
  if (!(value >= 0 && value < limit)) assertWhole(op, name, value, { least: 0, most: limit - 1 });
}

/**
 * Checks the indices of pages whose shapes were checked.
 * @param positions how many positions there are, beside those for which a sequence has pages
 * @returns the values of `rows` and `table`: those of the tensors, where these can be read at once
 * @throws {TensorError} `ERR_RANGE` for a page, sequence or position out of range; `ERR_BACKEND` in a recording on a backend
 *   without kernels for pages
 */
export function checkPlaces(op: string, pages: KeyPages, positions: number): KeyPages["numbers"] {
  const { keys, rows, table, numbers } = pages;
  const [sequences, width] = table.shape as [number, number];
  const limit = Math.min(positions, width * keys.shape[2]!);
  if (shortcutsOf(rows)?.placesFit?.(pages, limit)) return numbers;
  assertNoneOpen(`${op} with places that no kernel reads`); // Replays would repeat those of now.
  const places = entries(rows, numbers.rows);
  for (let i = 0; i < places.length; i += 2) {
    assertBelow(op, "the sequence of a row", places[i]!, sequences);
    assertBelow(op, "the position of a row", places[i + 1]!, limit);
  }
  const numbered = entries(table, numbers.table);
  for (const page of numbered) assertBelow(op, "a page of the table", page, keys.shape[0]!);
  return { rows: places, table: numbered };
}

/**
 * Checks angles for keys of `d` numbers.
 * @returns how many positions they have
 * @throws {TensorError} `ERR_ARGUMENT`, `ERR_SHAPE`, `ERR_DTYPE`
 */
export function checkRotation(op: string, k: Tensor, rotation: PageRotation): number {
  const { cos, sin } = optionsOf(op, rotation);
  assertFloat(op, k, cos, sin);
  for (const angles of [cos, sin])
    if (angles.rank !== 2 || !(angles.shape[1]! <= k.shape[2]! / 2) || !angles.isContiguous)
      shapeError(op, "the tables must be [positions, at most d/2]", angles.shape, k.shape);
  if (cos.shape[1] !== sin.shape[1])
    shapeError(op, "the tables must be of one width", cos.shape, sin.shape);
  return Math.min(cos.shape[0]!, sin.shape[0]!);
}
