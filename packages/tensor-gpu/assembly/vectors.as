/**
 * @file Products in which one matrix has only a few rows or columns. Packing would cost more than it saves there;
 * the large matrix is read once, in place. Strides in elements.
 */
import { load4, loadPart, store4, storePart } from "./lanes";
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

/** Rows of so many elements are long enough to be one stream of memory each, wherever the next one lies. */
const LONG_ROW: i32 = 256;
/** Up to this many rows, each is multiplied by every row of the large matrix on its own: after the first, that row is in the nearest cache. */
const FEW_STREAMS: i32 = 6;

/**
 * The dot product of one row at p with one at q. A row at a time is one stream of memory, which is read about twice as
 * fast as four side by side.
 */
@inline export function dotRow(p: usize, q: usize, k: i32): v128 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; k >= 16; k -= 16) {
    s0 = madd(v128.load(q), v128.load(p), s0); s1 = madd(v128.load(q, 16), v128.load(p, 16), s1);
    s2 = madd(v128.load(q, 32), v128.load(p, 32), s2); s3 = madd(v128.load(q, 48), v128.load(p, 48), s3);
    p += 64; q += 64;
  }
  for (; k >= 4; k -= 4, p += 16, q += 16) s0 = madd(v128.load(q), v128.load(p), s0);
  if (k > 0) s1 = madd(loadPart(q, k), loadPart(p, k), s1);
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
}

/** Bytes from which two halves of a matrix are two streams, which together are read faster than one. */
const APART: usize = 1 << 17;

/** Whether rows of a matrix, so many bytes each, are better read from two places at once: one from either half. */
@inline function hasTwoStreams(rows: i32, rowBytes: usize): bool {
  return <usize>(rows >> 1) * rowBytes >= APART;
}

/** As `dotRow` for two rows, at p and r, whose results go to c and d. */
function dotPair(p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (; k >= 16; k -= 16) {
    const x0 = v128.load(q), x1 = v128.load(q, 16), x2 = v128.load(q, 32), x3 = v128.load(q, 48);
    s0 = madd(x0, v128.load(p), s0); s1 = madd(x1, v128.load(p, 16), s1);
    s2 = madd(x2, v128.load(p, 32), s2); s3 = madd(x3, v128.load(p, 48), s3);
    t0 = madd(x0, v128.load(r), t0); t1 = madd(x1, v128.load(r, 16), t1);
    t2 = madd(x2, v128.load(r, 32), t2); t3 = madd(x3, v128.load(r, 48), t3);
    p += 64; q += 64; r += 64;
  }
  for (; k >= 4; k -= 4, p += 16, q += 16, r += 16) {
    const x = v128.load(q);
    s0 = madd(x, v128.load(p), s0); t0 = madd(x, v128.load(r), t0);
  }
  if (k > 0) {
    const x = loadPart(q, k);
    s1 = madd(x, loadPart(p, k), s1); t1 = madd(x, loadPart(r, k), t1);
  }
  putDot(c, f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), accumulate);
  putDot(d, f32x4.add(f32x4.add(t0, t1), f32x4.add(t2, t3)), accumulate);
}

/** Dot products of up to four rows at p, which lie apart, with one row at q; results `cStep` bytes apart. */
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

@inline function putDots(c: usize, cNext: usize, columns: i32, v0: v128, v1: v128, v2: v128, v3: v128, accumulate: bool): void {
  putDot(c, v0, accumulate);
  if (columns > 1) putDot(c + cNext, v1, accumulate);
  if (columns > 2) putDot(c + 2 * cNext, v2, accumulate);
  if (columns > 3) putDot(c + 3 * cNext, v3, accumulate);
}

/** Two rows at p with four at q, of which `columns` count; results at c and c1, `cNext` bytes apart along q. */
function dots2by4(
  p: usize, p1: usize, q: usize, qRow: usize, k: i32, columns: i32,
  c: usize, c1: usize, cNext: usize, accumulate: bool,
): void {
  let q1 = columns > 1 ? q + qRow : q, q2 = columns > 2 ? q1 + qRow : q, q3 = columns > 3 ? q2 + qRow : q;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (; k >= 4; k -= 4) {
    const v = v128.load(p), w = v128.load(p1);
    const x0 = v128.load(q), x1 = v128.load(q1), x2 = v128.load(q2), x3 = v128.load(q3);
    s0 = madd(x0, v, s0); s1 = madd(x1, v, s1); s2 = madd(x2, v, s2); s3 = madd(x3, v, s3);
    t0 = madd(x0, w, t0); t1 = madd(x1, w, t1); t2 = madd(x2, w, t2); t3 = madd(x3, w, t3);
    p += 16; p1 += 16; q += 16; q1 += 16; q2 += 16; q3 += 16;
  }
  if (k > 0) {
    const v = loadPart(p, k), w = loadPart(p1, k);
    const x0 = loadPart(q, k), x1 = loadPart(q1, k), x2 = loadPart(q2, k), x3 = loadPart(q3, k);
    s0 = madd(x0, v, s0); s1 = madd(x1, v, s1); s2 = madd(x2, v, s2); s3 = madd(x3, v, s3);
    t0 = madd(x0, w, t0); t1 = madd(x1, w, t1); t2 = madd(x2, w, t2); t3 = madd(x3, w, t3);
  }
  putDots(c, cNext, columns, s0, s1, s2, s3, accumulate);
  if (c1 != c) putDots(c1, cNext, columns, t0, t1, t2, t3, accumulate);
}

/**
 * c[i·cStep + j·cNext] (+)= ⟨p[i], q[j]⟩ for np rows at p and a few (nq) rows at q, all contiguous along k. Of p as few
 * rows at a time are read as keep the arithmetic busy.
 */
export function dotProducts(
  p: usize, pRow: i32, np: i32, q: usize, qRow: i32, nq: i32, k: i32,
  c: usize, cStep: i32, cNext: i32, accumulate: bool,
): void {
  const pBytes = <usize>pRow << 2, qBytes = <usize>qRow << 2, stepBytes = <usize>cStep << 2, nextBytes = <usize>cNext << 2;
  if (nq <= FEW_STREAMS && (pRow == k || k >= LONG_ROW)) {
    if (hasTwoStreams(np, pBytes)) {
      const half = np >> 1, far = <usize>half * pBytes, farOut = <usize>half * stepBytes;
      for (let i = 0; i < half; i++, p += pBytes, c += stepBytes) {
        for (let j = 0, to = c, x = q; j < nq; j++, to += nextBytes, x += qBytes) {
          dotPair(p, p + far, x, k, to, to + farOut, accumulate);
        }
      }
      p += far;
      c += farOut;
      np &= 1;
    }
    for (; np > 0; np--, p += pBytes, c += stepBytes) {
      putDot(c, dotRow(p, q, k), accumulate);
      for (let j = 1; j < nq; j++) putDot(c + <usize>j * nextBytes, dotRow(p, q + <usize>j * qBytes, k), accumulate);
    }
    return;
  }
  for (; np > 0; np -= 4, p += 4 * pBytes, c += 4 * stepBytes) {
    const rows = min(4, np);
    let j = 0;
    for (; j + 2 < nq; j += 4) {
      const from = at(q, j * qRow), to = at(c, j * cNext), columns = min(4, nq - j);
      for (let i = 0; i < rows; i += 2) {
        const pi = p + <usize>i * pBytes, ci = to + <usize>i * stepBytes, isPair = i + 1 < rows;
        dots2by4(pi, isPair ? pi + pBytes : pi, from, qBytes, k, columns, ci, isPair ? ci + stepBytes : ci, nextBytes, accumulate);
      }
    }
    if (j + 2 == nq) dots2(p, pBytes, rows, at(q, j * qRow), qBytes, k, at(c, j * cNext), stepBytes, nextBytes, accumulate);
    else if (j + 1 == nq) dots1(p, pBytes, rows, at(q, j * qRow), k, at(c, j * cNext), stepBytes, accumulate);
  }
}

/** c[0 … 48) += Σ w[i] · rows[i] for the weights from w to `end`, rows `step` bytes apart. */
function addWeighted48(w: usize, rows: usize, step: usize, end: usize, c: usize): void {
  let s0 = v128.load(c), s1 = v128.load(c, 16), s2 = v128.load(c, 32), s3 = v128.load(c, 48);
  let s4 = v128.load(c, 64), s5 = v128.load(c, 80), s6 = v128.load(c, 96), s7 = v128.load(c, 112);
  let s8 = v128.load(c, 128), s9 = v128.load(c, 144), t0 = v128.load(c, 160), t1 = v128.load(c, 176);
  while (w < end) {
    const f = v128.load_splat<f32>(w);
    s0 = madd(f, v128.load(rows), s0); s1 = madd(f, v128.load(rows, 16), s1);
    s2 = madd(f, v128.load(rows, 32), s2); s3 = madd(f, v128.load(rows, 48), s3);
    s4 = madd(f, v128.load(rows, 64), s4); s5 = madd(f, v128.load(rows, 80), s5);
    s6 = madd(f, v128.load(rows, 96), s6); s7 = madd(f, v128.load(rows, 112), s7);
    s8 = madd(f, v128.load(rows, 128), s8); s9 = madd(f, v128.load(rows, 144), s9);
    t0 = madd(f, v128.load(rows, 160), t0); t1 = madd(f, v128.load(rows, 176), t1);
    w += 4; rows += step;
  }
  v128.store(c, s0); v128.store(c, s1, 16); v128.store(c, s2, 32); v128.store(c, s3, 48);
  v128.store(c, s4, 64); v128.store(c, s5, 80); v128.store(c, s6, 96); v128.store(c, s7, 112);
  v128.store(c, s8, 128); v128.store(c, s9, 144); v128.store(c, t0, 160); v128.store(c, t1, 176);
}

/** out[0 … width) += Σ_i w[i] · rows[i] for `count` rows; up to 48 columns at a time stay in registers. */
export function addWeightedRows(w: usize, rows: usize, rowStride: i32, count: i32, out: usize, width: i32): void {
  const step = <usize>rowStride << 2, end = at(w, count);
  let j = 0;
  for (; j + 48 <= width; j += 48) addWeighted48(w, at(rows, j), step, end, at(out, j));
  for (; j + 32 <= width; j += 32) {
    const c = at(out, j);
    let s0 = v128.load(c), s1 = v128.load(c, 16), s2 = v128.load(c, 32), s3 = v128.load(c, 48);
    let s4 = v128.load(c, 64), s5 = v128.load(c, 80), s6 = v128.load(c, 96), s7 = v128.load(c, 112);
    for (let x = w, p = at(rows, j); x < end; x += 4, p += step) {
      const f = v128.load_splat<f32>(x);
      s0 = madd(f, v128.load(p), s0); s1 = madd(f, v128.load(p, 16), s1);
      s2 = madd(f, v128.load(p, 32), s2); s3 = madd(f, v128.load(p, 48), s3);
      s4 = madd(f, v128.load(p, 64), s4); s5 = madd(f, v128.load(p, 80), s5);
      s6 = madd(f, v128.load(p, 96), s6); s7 = madd(f, v128.load(p, 112), s7);
    }
    v128.store(c, s0); v128.store(c, s1, 16); v128.store(c, s2, 32); v128.store(c, s3, 48);
    v128.store(c, s4, 64); v128.store(c, s5, 80); v128.store(c, s6, 96); v128.store(c, s7, 112);
  }
  for (; j + 16 <= width; j += 16) {
    const c = at(out, j);
    let s0 = v128.load(c), s1 = v128.load(c, 16), s2 = v128.load(c, 32), s3 = v128.load(c, 48);
    for (let x = w, p = at(rows, j); x < end; x += 4, p += step) {
      const f = v128.load_splat<f32>(x);
      s0 = madd(f, v128.load(p), s0); s1 = madd(f, v128.load(p, 16), s1);
      s2 = madd(f, v128.load(p, 32), s2); s3 = madd(f, v128.load(p, 48), s3);
    }
    v128.store(c, s0); v128.store(c, s1, 16); v128.store(c, s2, 32); v128.store(c, s3, 48);
  }
  for (; j < width; j += 4) {
    const c = at(out, j), columns = min(4, width - j);
    let s = load4(c, columns);
    for (let x = w, p = at(rows, j); x < end; x += 4, p += step) s = madd(v128.load_splat<f32>(x), load4(p, columns), s);
    store4(c, s, columns);
  }
}
