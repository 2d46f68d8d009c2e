/** @file Attention over keys and values in pages: many sequences of different lengths, which may be added and removed. */

import { tidy } from "../autograd/scope";
import { noGrad } from "../autograd/track";
import { withKernels } from "../backend/with-kernels";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { add, mul } from "../ops/binary";
import { copy_ } from "../ops/in-place";
import { assertFloat, assertFloatOrNull } from "../ops/operands";
import { narrow, reshape, select } from "../ops/shape-ops";
import { shapeError } from "../ops/support";
import { sameShape } from "../tensor/shape";
import { assertFinite, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { ropeKernels } from "../wasm/kernels/rope";
import { assertApart } from "./apart";
import { composeAttendPages, composeStorePages } from "./compose-pages";
import {
  checkPages,
  checkPlaces,
  checkRotation,
  type KeyPages,
  type PageRotation,
  shortcutsOf,
} from "./key-pages";

/** How queries attend to pages. */
export interface AttendPagesOptions {
  /** Factor on the scores, above 0. Default 1/√d. */
  scale?: number | undefined;
  /** Number of keys that a query sees, its own included. Default 0: all up to its own. */
  window?: number | undefined;
  /** Scores become cap · tanh(score / cap). Default 0: unchanged. */
  cap?: number | undefined;
}

/**
 * out = attention of each row over the keys of its own sequence, up to its own position. The keys must already be stored.
 *
 * @param out shape [rows, heads, dv], contiguous; shares no memory with `q` and the pages
 * @param q shape [rows, heads, d], contiguous; query head h reads key head ⌊h·keyHeads/heads⌋
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for options out of range, `ERR_ARGUMENT` for shared memory
 */
export function attendPages(
  out: Tensor,
  q: Tensor,
  pages: KeyPages,
  given: AttendPagesOptions = {},
): void {
  const { scale, window = 0, cap = 0, ...rest } = optionsOf("attendPages", given);
  refuseUnknown("attendPages", rest);
  assertFloat("attendPages", q, out);
  checkPages("attendPages", q, pages);
  const { keys, values } = pages;
  const [, keyHeads, , d] = keys.shape as [number, number, number, number];
  const [rows, heads, width] = q.shape as [number, number, number];
  const valueD = values?.shape[3] ?? Math.min(d, out.shape[2] ?? 0);
  if (q.rank !== 3 || width !== d || heads % keyHeads !== 0 || !q.isContiguous)
    shapeError(
      "attendPages",
      "q must be [rows, heads, d] with keyHeads dividing heads",
      q.shape,
      keys.shape,
    );
  if (!sameShape(out.shape, [rows, heads, valueD]) || !out.isContiguous)
    shapeError("attendPages", "out must be [rows, heads, dv]", out.shape, q.shape);
  assertApart("attendPages", "out and q", out, q);
  assertApart("attendPages", "out and keys", out, keys);
  assertApart("attendPages", "out and values", out, values);
  const factor = scale ?? 1 / Math.sqrt(d);
  assertFinite("attendPages", "scale", factor, { least: Number.MIN_VALUE });
  assertWhole("attendPages", "window", window, { least: 0 });
  assertFinite("attendPages", "cap", cap, { least: 0 });
  const numbers = checkPlaces("attendPages", pages, Number.POSITIVE_INFINITY);
  out.storage.noteWrite();
  const options = { scale: factor, window, cap };
  if (shortcutsOf(q)?.attendPages?.(out, q, pages, options)) return;
  tidy(() => noGrad(() => composeAttendPages(out, q, { ...pages, numbers }, options)));
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

/** Checks q, k and v against each other and against checked pages, and that none is overwritten by another. */
function checkStored(
  q: Tensor | null,
  k: Tensor,
  v: Tensor | null,
  { keys, values }: KeyPages,
  isRotated: boolean,
): void {
  const op = "storePages";
  const fits = (x: Tensor, all: Tensor) =>
    x.isContiguous && sameShape(x.shape, [k.shape[0]!, all.shape[1]!, all.shape[3]!]);
  const hasValues = v !== null && values !== null;
  if (!fits(k, keys) || (v === null) !== (values === null) || (hasValues && !fits(v, values)))
    shapeError(op, "k and v must be [rows, keyHeads, width of the pages]", k.shape, keys.shape);
  if (
    q &&
    (q.rank !== 3 || q.shape[0] !== k.shape[0] || q.shape[2] !== k.shape[2] || !q.isContiguous)
  )
    shapeError(op, "q must be [rows, heads, d]", q.shape, k.shape);
  for (const [names, x] of [["q and the pages", q] as const, ["k and the pages", k] as const])
    if (x) {
      assertApart(op, names, keys, x);
      if (values) assertApart(op, names, values, x);
    }
  assertApart(op, "v and the pages", keys, v);
  if (values) assertApart(op, "v and the pages", values, v);
  if (!isRotated) return;
  assertApart(op, "k and q", k, q);
  assertApart(op, "k and v", k, v);
  if (q) assertApart(op, "q and v", q, v);
}

/** Checks that the angles are not overwritten while they are read. */
function checkAngles(written: readonly (Tensor | null)[], { cos, sin }: PageRotation): void {
  for (const x of written)
    for (const angles of [cos, sin])
      if (x) assertApart("storePages", "a table of angles and what is written", x, angles);
}

/**
 * Rotates q and k in place by their rows' positions, if a rotation is given, and stores k and v in the pages.
 *
 * @param q shape [rows, heads, d], contiguous, or null
 * @param k shape [rows, keyHeads, d], contiguous
 * @param v shape [rows, keyHeads, dv], contiguous, or null where values are parts of the keys
 * @param pages share no memory with q, k and v; with a rotation, q, k, v and its tables share none either
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for an index out of range, `ERR_ARGUMENT` for shared memory
 */
export function storePages(
  q: Tensor | null,
  k: Tensor,
  v: Tensor | null,
  pages: KeyPages,
  rotation: PageRotation | null,
): void {
  if (q === undefined || v === undefined)
    fail("ERR_ARGUMENT", "storePages: q and v must be tensors or null, got undefined");
  assertFloat("storePages", k);
  assertFloatOrNull("storePages", k, q, v);
  checkPages("storePages", k, pages);
  checkStored(q, k, v, pages, Boolean(rotation));
  const positions = rotation ? checkRotation("storePages", k, rotation) : Infinity;
  if (rotation) checkAngles([q, k, pages.keys, pages.values], rotation);
  const numbers = checkPlaces("storePages", pages, positions);
  for (const x of rotation ? [pages.keys, pages.values, q, k] : [pages.keys, pages.values])
    x?.storage.noteWrite();
  if (shortcutsOf(k)?.storePages?.(q, k, v, pages, rotation)) return;
  tidy(() =>
    noGrad(() => {
      if (rotation) for (const x of q ? [q, k] : [k]) turn(x, pages.rows, rotation);
      composeStorePages(k, v, { ...pages, numbers });
    }),
  );
}
