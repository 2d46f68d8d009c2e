/**
 * @file Products in which one matrix has only a few rows or columns. Packing would cost more than it saves there;
 * the large matrix is read once, as it lies. Strides in elements.
 */
import { loadPart, storePart } from "./lanes";
import { madd, sumLanes } from "./math";

@inline function at(p: usize, elements: i32): usize {
  return p + (<usize>elements << 2);
}

/** Columns that are worked on at once: their part of C stays in the nearest cache. */
const SPAN: i32 = 2048;

/** c[0 … n) += Σ_q a[q] · b[q][0 … n) for four rows of B. */
function addFourRows(a: usize, aStep: usize, b: usize, bRow: usize, c: usize, n: i32): void {
  const a0 = v128.load_splat<f32>(a), a1 = v128.load_splat<f32>(a + aStep);
  const a2 = v128.load_splat<f32>(a + 2 * aStep), a3 = v128.load_splat<f32>(a + 3 * aStep);
  let b1 = b + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
  for (; n >= 4; n -= 4) {
    const s = madd(a1, v128.load(b1), madd(a0, v128.load(b), v128.load(c)));
    v128.store(c, madd(a3, v128.load(b3), madd(a2, v128.load(b2), s)));
    b += 16; b1 += 16; b2 += 16; b3 += 16; c += 16;
  }
  if (n == 0) return;
  const s = madd(a1, loadPart(b1, n), madd(a0, loadPart(b, n), loadPart(c, n)));
  storePart(c, madd(a3, loadPart(b3, n), madd(a2, loadPart(b2, n), s)), n);
}

function addRow(a: usize, b: usize, c: usize, n: i32): void {
  const a0 = v128.load_splat<f32>(a);
  for (; n >= 4; n -= 4) {
    v128.store(c, madd(a0, v128.load(b), v128.load(c)));
    b += 16; c += 16;
  }
  if (n > 0) storePart(c, madd(a0, loadPart(b, n), loadPart(c, n)), n);
}

/** C += A·B for few rows of A and rows of B that are contiguous. */
export function productOfRows(
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, c: usize, cRow: i32, m: i32, n: i32, k: i32,
): void {
  const aStep = <usize>aColumn << 2, bStep = <usize>bRow << 2;
  for (let j = 0; j < n; j += SPAN) {
    const width = min(SPAN, n - j);
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const rows = at(b, p * bRow + j);
      for (let i = 0; i < m; i++) {
        addFourRows(at(a, i * aRow + p * aColumn), aStep, rows, bStep, at(c, i * cRow + j), width);
      }
    }
    for (; p < k; p++) {
      for (let i = 0; i < m; i++) {
        addRow(at(a, i * aRow + p * aColumn), at(b, p * bRow + j), at(c, i * cRow + j), width);
      }
    }
  }
}

@inline function putDot(c: usize, v: v128, accumulate: bool): void {
  const s = sumLanes(v);
  store<f32>(c, accumulate ? load<f32>(c) + s : s);
}

/** Dot products of up to four rows at p with one row at q; results `cStep` bytes apart. */
function dots1(p: usize, pRow: usize, rows: i32, q: usize, k: i32, c: usize, cStep: usize, accumulate: bool): void {
  let p1 = rows > 1 ? p + pRow : p, p2 = rows > 2 ? p + 2 * pRow : p, p3 = rows > 3 ? p + 3 * pRow : p;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; k >= 4; k -= 4) {
    const x = v128.load(q);
    s0 = madd(x, v128.load(p), s0); s1 = madd(x, v128.load(p1), s1);
    s2 = madd(x, v128.load(p2), s2); s3 = madd(x, v128.load(p3), s3);
    p += 16; p1 += 16; p2 += 16; p3 += 16; q += 16;
  }
  if (k > 0) {
    const x = loadPart(q, k);
    s0 = madd(x, loadPart(p, k), s0); s1 = madd(x, loadPart(p1, k), s1);
    s2 = madd(x, loadPart(p2, k), s2); s3 = madd(x, loadPart(p3, k), s3);
  }
  putDot(c, s0, accumulate);
  if (rows > 1) putDot(c + cStep, s1, accumulate);
  if (rows > 2) putDot(c + 2 * cStep, s2, accumulate);
  if (rows > 3) putDot(c + 3 * cStep, s3, accumulate);
}

/** The same with two rows at q, whose results lie `cNext` bytes apart. */
function dots2(
  p: usize, pRow: usize, rows: i32, q: usize, qRow: usize, k: i32,
  c: usize, cStep: usize, cNext: usize, accumulate: bool,
): void {
  let p1 = rows > 1 ? p + pRow : p, p2 = rows > 2 ? p + 2 * pRow : p, p3 = rows > 3 ? p + 3 * pRow : p;
  let q1 = q + qRow;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (; k >= 4; k -= 4) {
    const x = v128.load(q), y = v128.load(q1);
    const v0 = v128.load(p), v1 = v128.load(p1), v2 = v128.load(p2), v3 = v128.load(p3);
    s0 = madd(x, v0, s0); s1 = madd(x, v1, s1); s2 = madd(x, v2, s2); s3 = madd(x, v3, s3);
    t0 = madd(y, v0, t0); t1 = madd(y, v1, t1); t2 = madd(y, v2, t2); t3 = madd(y, v3, t3);
    p += 16; p1 += 16; p2 += 16; p3 += 16; q += 16; q1 += 16;
  }
  if (k > 0) {
    const x = loadPart(q, k), y = loadPart(q1, k);
    const v0 = loadPart(p, k), v1 = loadPart(p1, k), v2 = loadPart(p2, k), v3 = loadPart(p3, k);
    s0 = madd(x, v0, s0); s1 = madd(x, v1, s1); s2 = madd(x, v2, s2); s3 = madd(x, v3, s3);
    t0 = madd(y, v0, t0); t1 = madd(y, v1, t1); t2 = madd(y, v2, t2); t3 = madd(y, v3, t3);
  }
  putDot(c, s0, accumulate);
  putDot(c + cNext, t0, accumulate);
  if (rows > 1) { putDot(c + cStep, s1, accumulate); putDot(c + cStep + cNext, t1, accumulate); }
  if (rows > 2) { putDot(c + 2 * cStep, s2, accumulate); putDot(c + 2 * cStep + cNext, t2, accumulate); }
  if (rows > 3) { putDot(c + 3 * cStep, s3, accumulate); putDot(c + 3 * cStep + cNext, t3, accumulate); }
}

/**
 * c[i·cStep + j·cNext] (+)= ⟨p[i], q[j]⟩ for np rows at p and a few (nq) rows at q, all contiguous along k.
 */
export function dotProducts(
  p: usize, pRow: i32, np: i32, q: usize, qRow: i32, nq: i32, k: i32,
  c: usize, cStep: i32, cNext: i32, accumulate: bool,
): void {
  const pBytes = <usize>pRow << 2, qBytes = <usize>qRow << 2, stepBytes = <usize>cStep << 2, nextBytes = <usize>cNext << 2;
  for (let i = 0; i < np; i += 4) {
    const rows = min(4, np - i);
    const from = at(p, i * pRow);
    let j = 0;
    for (; j + 2 <= nq; j += 2) {
      dots2(from, pBytes, rows, at(q, j * qRow), qBytes, k, at(c, i * cStep + j * cNext), stepBytes, nextBytes, accumulate);
    }
    if (j < nq) dots1(from, pBytes, rows, at(q, j * qRow), k, at(c, i * cStep + j * cNext), stepBytes, accumulate);
  }
}
