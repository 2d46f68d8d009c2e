/** @file Attention over keys and values in pages: many sequences of different lengths, which may be added and removed. */

import { tidy } from "../autograd/scope";
import { noGrad } from "../autograd/track";
import type { PagedAttention, Pages, Rotation } from "../backend/shortcuts";
import { withKernels, withShortcuts } from "../backend/with-kernels";
import { scaledDotProductAttention } from "../ops/attention";
import { add, mul } from "../ops/binary";
import { copy_ } from "../ops/in-place";
import { cat } from "../ops/joins";
import { matmul } from "../ops/matmul";
import { assertFloat, assertFloatOrNull, assertIndex } from "../ops/operands";
import { narrow, permute, repeatInterleave, reshape, select, transpose } from "../ops/shape-ops";
import { softmax } from "../ops/softmax";
import { shapeError } from "../ops/support";
import { tanh } from "../ops/unary";
import { assertFinite, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { pageShortcuts } from "../wasm/kernels/pages";
import { ropeKernels } from "../wasm/kernels/rope";

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

/** How queries attend to pages. */
export interface AttendPagesOptions {
  /** Factor on the scores, above 0. Default 1/√d. */
  scale?: number;
  /** Number of keys that a query sees, its own included. Default 0: all up to its own. */
  window?: number;
  /** Scores become cap · tanh(score / cap). Default 0: unchanged. */
  cap?: number;
}

/** Angles by position. */
export interface PageRotation extends Rotation {
  /** [positions, d/2]; narrower tables rotate only the last part of a head. */
  cos: Tensor;
  sin: Tensor;
}

function checkPages(op: string, x: Tensor, { keys, values, rows, table }: KeyPages): void {
  assertFloat(op, x, keys);
  assertFloatOrNull(op, x, values);
  assertIndex(op, x, rows);
  assertIndex(op, x, table);
  const isPaged = (pages: Tensor) => pages.rank === 4 && pages.isContiguous;
  if (!isPaged(keys) || keys.shape[2]! % 4 !== 0 || (values && !isPaged(values)))
    shapeError(op, "pages must be contiguous, [pages, keyHeads, a multiple of 4, d]", keys.shape);
  const fits = rows.rank === 2 && rows.shape[1] === 2 && x.shape[0] === rows.shape[0];
  if (!fits || table.rank !== 2 || !rows.isContiguous || !table.isContiguous)
    shapeError(
      op,
      "rows must be [rows, 2] and the table [sequences, pages], contiguous",
      rows.shape,
      table.shape,
    );
}

/** The backend's fused operations on pages, if it has any. */
const shortcutsOf = ({ storage: { backend } }: Tensor) =>
  withShortcuts(backend, "attendPages", pageShortcuts).shortcuts;

/** The values that the kernels will read: the tensor itself, where it can be read synchronously. */
const entries = (x: Tensor, numbers: Int32Array) =>
  x.canReadSync ? (x.dataSync() as Int32Array) : numbers;

function assertBelow(op: string, name: string, value: number, limit: number): void {
  if (!(value >= 0 && value < limit)) assertWhole(op, name, value, { least: 0, most: limit - 1 });
}

/** @throws {TensorError} `ERR_RANGE` for a page, sequence or position out of range */
function checkPlaces(op: string, pages: KeyPages, positions: number) {
  const { keys, rows, table, numbers } = pages;
  if (numbers.rows.length !== rows.size || numbers.table.length !== table.size)
    shapeError(op, "numbers must be those of rows and table", rows.shape, table.shape);
  const [sequences, width] = table.shape as [number, number];
  const limit = Math.min(positions, width * keys.shape[2]!);
  if (shortcutsOf(rows)?.placesFit?.(pages, limit)) return;
  const places = entries(rows, numbers.rows);
  for (let i = 0; i < places.length; i += 2) {
    assertBelow(op, "the sequence of a row", places[i]!, sequences);
    assertBelow(op, "the position of a row", places[i + 1]!, limit);
  }
  for (const page of entries(table, numbers.table))
    assertBelow(op, "a page of the table", page, keys.shape[0]!);
}

/** Position and pages of each row. */
function* placesOf({ numbers, table }: KeyPages): Generator<{ position: number; pages: number[] }> {
  const width = table.shape[1]!;
  for (let row = 0; row < numbers.rows.length; row += 2) {
    const from = numbers.rows[row]! * width;
    yield {
      position: numbers.rows[row + 1]!,
      pages: [...numbers.table.subarray(from, from + width)],
    };
  }
}

/** Keys first … last of one sequence: [1, keys, keyHeads, width]. */
function gatherKeys(
  pages: Tensor,
  numbers: readonly number[],
  first: number,
  last: number,
): Tensor {
  const tokens = pages.shape[2]!;
  const parts: Tensor[] = [];
  for (let at = first; at <= last; ) {
    const inPage = at % tokens;
    const count = Math.min(tokens - inPage, last + 1 - at);
    const page = select(pages, 0, numbers[Math.floor(at / tokens)]!); // [keyHeads, tokens, width]
    parts.push(transpose(narrow(page, 1, inPage, count), 0, 1));
    at += count;
  }
  const all = parts.length === 1 ? parts[0]! : cat(parts, 0);
  return reshape(all, [1, ...all.shape]);
}

/** One query over its keys, scores capped. @param q [heads, d] @param k [1, keys, keyHeads, d] */
function cappedAttention(q: Tensor, k: Tensor, v: Tensor, scale: number, cap: number): Tensor {
  const repeats = q.shape[0]! / k.shape[2]!;
  const perHead = (x: Tensor) => permute(repeatInterleave(select(x, 0, 0), repeats, 1), [1, 0, 2]);
  const scores = matmul(
    reshape(q, [...q.shape.slice(0, 1), 1, q.shape[1]!]),
    transpose(perHead(k)),
  );
  return matmul(softmax(mul(tanh(mul(scores, scale / cap)), cap)), perHead(v));
}

function attendByRow(out: Tensor, q: Tensor, pages: KeyPages, options: PagedAttention): void {
  const { scale, window, cap } = options;
  let row = 0;
  for (const { position, pages: numbers } of placesOf(pages)) {
    const first = window > 0 ? Math.max(0, position + 1 - window) : 0;
    const k = gatherKeys(pages.keys, numbers, first, position);
    const v = pages.values
      ? gatherKeys(pages.values, numbers, first, position)
      : narrow(k, -1, 0, out.shape[2]!);
    const query = select(q, 0, row);
    const mixed =
      cap > 0
        ? cappedAttention(query, k, v, scale, cap)
        : scaledDotProductAttention(reshape(query, [1, 1, ...query.shape]), k, v, { scale });
    const target = select(out, 0, row++);
    copy_(target, reshape(mixed, target.shape));
  }
}

/**
 * out = attention of each row over the keys of its own sequence, up to its own position. The keys must already be stored.
 *
 * @param out shape [rows, heads, dv], contiguous
 * @param q shape [rows, heads, d], contiguous; query head h reads key head ⌊h·keyHeads/heads⌋
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for options out of range
 */
export function attendPages(
  out: Tensor,
  q: Tensor,
  pages: KeyPages,
  { scale, window = 0, cap = 0 }: AttendPagesOptions = {},
): void {
  checkPages("attendPages", q, pages);
  assertFloat("attendPages", q, out);
  const [, keyHeads, , d] = pages.keys.shape as [number, number, number, number];
  const [rows, heads, width] = q.shape as [number, number, number];
  const valueD = pages.values?.shape[3] ?? Math.min(d, out.shape[2] ?? 0);
  if (q.rank !== 3 || width !== d || heads % keyHeads !== 0 || !q.isContiguous)
    shapeError(
      "attendPages",
      "q must be [rows, heads, d] with keyHeads dividing heads",
      q.shape,
      pages.keys.shape,
    );
  if (
    out.shape[0] !== rows ||
    out.shape[1] !== heads ||
    out.shape[2] !== valueD ||
    !out.isContiguous
  )
    shapeError("attendPages", "out must be [rows, heads, dv]", out.shape, q.shape);
  const factor = scale ?? 1 / Math.sqrt(d);
  assertFinite("attendPages", "scale", factor, { least: Number.MIN_VALUE });
  assertWhole("attendPages", "window", window, { least: 0 });
  assertFinite("attendPages", "cap", cap, { least: 0 });
  checkPlaces("attendPages", pages, Number.POSITIVE_INFINITY);
  const options = { scale: factor, window, cap };
  if (shortcutsOf(q)?.attendPages?.(out, q, pages, options)) return;
  tidy(() => noGrad(() => attendByRow(out, q, pages, options)));
}

/** x · cos + turned(x) · sin by a kernel, written back into x. @param x [rows, heads, d] */
function turn(x: Tensor, rows: Tensor, { cos, sin, interleaved }: PageRotation): void {
  const { kernels } = withKernels(x.storage.backend, "rope", ropeKernels);
  const positions = add(select(rows, 1, 1), 0);
  const width = 2 * cos.shape[1]!;
  const batch = narrow(reshape(x, [1, ...x.shape]), -1, x.shape[2]! - width, width);
  const turned = mul(batch, 0);
  kernels.rope(turned, batch, cos, sin, positions, interleaved, false);
  copy_(batch, turned);
}

function storeByRow(k: Tensor, v: Tensor | null, pages: KeyPages): void {
  const tokens = pages.keys.shape[2]!;
  let row = 0;
  for (const { position, pages: numbers } of placesOf(pages)) {
    const page = numbers[Math.floor(position / tokens)]!;
    const place = (all: Tensor) => select(select(all, 0, page), 1, position % tokens);
    copy_(place(pages.keys), select(k, 0, row));
    if (v && pages.values) copy_(place(pages.values), select(v, 0, row));
    row++;
  }
}

/**
 * Rotates q and k in place by their rows' positions, if a rotation is given, and stores k and v in the pages.
 *
 * @param q shape [rows, heads, d], contiguous, or null
 * @param k shape [rows, keyHeads, d], contiguous
 * @param v shape [rows, keyHeads, dv], contiguous, or null where values are parts of the keys
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`
 */
export function storePages(
  q: Tensor | null,
  k: Tensor,
  v: Tensor | null,
  pages: KeyPages,
  rotation: PageRotation | null,
): void {
  checkPages("storePages", k, pages);
  assertFloatOrNull("storePages", k, q, v, rotation?.cos, rotation?.sin);
  const fits = (x: Tensor, all: Tensor) =>
    x.rank === 3 && x.isContiguous && x.shape[1] === all.shape[1] && x.shape[2] === all.shape[3];
  if (
    !fits(k, pages.keys) ||
    (v === null) !== (pages.values === null) ||
    (v && !fits(v, pages.values!))
  )
    shapeError(
      "storePages",
      "k and v must be [rows, keyHeads, width of the pages]",
      k.shape,
      pages.keys.shape,
    );
  if (
    q &&
    (q.rank !== 3 || q.shape[0] !== k.shape[0] || q.shape[2] !== k.shape[2] || !q.isContiguous)
  )
    shapeError("storePages", "q must be [rows, heads, d]", q.shape, k.shape);
  const tables = rotation ? [rotation.cos, rotation.sin] : [];
  for (const angles of tables)
    if (angles.rank !== 2 || !(angles.shape[1]! <= k.shape[2]! / 2) || !angles.isContiguous)
      shapeError(
        "storePages",
        "the tables must be [positions, at most d/2]",
        angles.shape,
        k.shape,
      );
  if (rotation && rotation.cos.shape[1] !== rotation.sin.shape[1])
    shapeError(
      "storePages",
      "the tables must be of one width",
      rotation.cos.shape,
      rotation.sin.shape,
    );
  const positions = Math.min(...tables.map((angles) => angles.shape[0]!));
  checkPlaces("storePages", pages, positions);
  if (shortcutsOf(k)?.storePages?.(q, k, v, pages, rotation)) return;
  tidy(() =>
    noGrad(() => {
      if (rotation) for (const x of q ? [q, k] : [k]) turn(x, pages.rows, rotation);
      storeByRow(k, v, pages);
    }),
  );
}
