/** @file Attention over pages and storing in them, composed from other kernels where a backend has none for pages. */

import { tidy } from "../autograd/scope";
import type { PagedAttention } from "../backend/shortcuts";
import { scaledDotProductAttention } from "../ops/attention";
import { mul, where } from "../ops/binary";
import { copy_ } from "../ops/in-place";
import { matmul } from "../ops/matmul";
import { narrow, permute, repeatInterleave, reshape, select, transpose } from "../ops/shape-ops";
import { softmax } from "../ops/softmax";
import { tanh } from "../ops/unary";
import { allocate, type Tensor } from "../tensor/tensor";
import type { KeyPages } from "./key-pages";

/** Rows of a batch that stand one behind another in one sequence, as those of a prompt do. */
interface Run {
  /** First row. */
  row: number;
  count: number;
  /** Position of the first row. */
  position: number;
  /** Pages of the sequence in order. */
  pages: Int32Array;
}

function runsOf({ numbers, table }: KeyPages): Run[] {
  const width = table.shape[1]!;
  const runs: (Run & { sequence: number })[] = [];
  for (let row = 0; 2 * row < numbers.rows.length; row++) {
    const sequence = numbers.rows[2 * row]!;
    const position = numbers.rows[2 * row + 1]!;
    const last = runs.at(-1);
    if (last?.sequence === sequence && last.position + last.count === position) last.count++;
    else {
      const pages = numbers.table.subarray(sequence * width, (sequence + 1) * width);
      runs.push({ row, count: 1, position, pages, sequence });
    }
  }
  return runs;
}

/** Tokens of one page, or all tokens of pages with consecutive numbers. */
interface Piece {
  page: number;
  pages: number;
  /** First token of each page, and number of tokens of each. */
  from: number;
  tokens: number;
}

/** The pieces that hold `count` tokens from a position on, in order. @param size tokens of a page */
function piecesOf(pages: Int32Array, size: number, position: number, count: number): Piece[] {
  const pieces: Piece[] = [];
  const end = position + count;
  for (let at = position; at < end; ) {
    const page = pages[Math.floor(at / size)]!;
    const from = at % size;
    const tokens = Math.min(size - from, end - at);
    const last = pieces.at(-1);
    if (last?.tokens === size && tokens === size && last.page + last.pages === page) last.pages++;
    else pieces.push({ page, pages: 1, from, tokens });
    at += tokens;
  }
  return pieces;
}

/** A piece of [pages, keyHeads, tokens, width] as [pages, tokens, keyHeads, width]. */
const paged = (all: Tensor, { page, pages, from, tokens }: Piece): Tensor =>
  transpose(narrow(narrow(all, 0, page, pages), 2, from, tokens), 1, 2);

/** For each piece, its view of the pages and that of its tokens in `rows` [tokens, keyHeads, width]. */
function* besides(all: Tensor, pieces: readonly Piece[], rows: Tensor): Generator<Tensor[]> {
  let row = 0;
  for (const piece of pieces) {
    const inPages = paged(all, piece);
    const count = piece.pages * piece.tokens;
    yield [inPages, reshape(narrow(rows, 0, row, count), inPages.shape)];
    row += count;
  }
}

/** Keys of one sequence from position `first` on: [1, count, keyHeads, width]. */
function gatherKeys(all: Tensor, pages: Int32Array, first: number, count: number): Tensor {
  const [, keyHeads = 0, size = 0, width = 0] = all.shape;
  const pieces = piecesOf(pages, size, first, count);
  if (pieces.length === 1 && pieces[0]!.pages === 1) return paged(all, pieces[0]!);
  const shape = [count, keyHeads, width];
  const gathered = allocate("attendPages", shape, "float32", all.storage.backend);
  for (const [from, to] of besides(all, pieces, gathered)) copy_(to!, from!);
  return reshape(gathered, [1, count, keyHeads, width]);
}

/** Which keys the last queries of a sequence see: bool [queries, keys]. */
function visibleKeys(q: Tensor, keys: number, window: number): Tensor {
  const queries = q.shape[1]!;
  const seen = new Uint8Array(queries * keys);
  for (let i = 0; i < queries; i++) {
    const end = keys - queries + i + 1;
    seen.fill(1, i * keys + (window > 0 ? Math.max(0, end - window) : 0), i * keys + end);
  }
  const { backend } = q.storage;
  const mask = allocate("attendPages", [queries, keys], "bool", backend);
  backend.upload(mask, seen);
  return mask;
}

/** Attention by products, of scores that are capped or only partly seen. Shapes as in `scaledDotProductAttention`. */
function attendByProducts(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { scale, window, cap }: PagedAttention,
): Tensor {
  const [, queries = 0, heads = 0] = q.shape;
  const [, keys = 0, keyHeads = 0] = k.shape;
  // [1, keys, keyHeads, width] -> [heads, keys, width]
  const perHead = (x: Tensor) =>
    permute(repeatInterleave(select(x, 0, 0), heads / keyHeads, 1), [1, 0, 2]);
  const plain = matmul(permute(select(q, 0, 0), [1, 0, 2]), transpose(perHead(k)));
  const scores = cap > 0 ? mul(tanh(mul(plain, scale / cap)), cap) : mul(plain, scale);
  const seen =
    queries === 1 ? scores : where(visibleKeys(q, keys, window), scores, Number.NEGATIVE_INFINITY);
  return permute(matmul(softmax(seen), perHead(v)), [1, 0, 2]); // [queries, heads, dv]
}

/** Most queries at once: what is kept of their scores is in proportion to the keys. */
const BLOCK = 128;

/** The first position that the query at a position sees. */
const firstSeen = (position: number, window: number) =>
  window > 0 ? Math.max(0, position + 1 - window) : 0;

/** Attention of a run: keys are gathered once, and queries taken in blocks. */
function attendRun(
  out: Tensor,
  q: Tensor,
  { keys, values }: KeyPages,
  { row, count, position, pages }: Run,
  options: PagedAttention,
): void {
  const { scale, window, cap } = options;
  const from = firstSeen(position, window);
  const gather = (all: Tensor) => gatherKeys(all, pages, from, position + count - from);
  const allKeys = gather(keys);
  const allValues = values ? gather(values) : narrow(allKeys, -1, 0, out.shape[2]!);
  const attendBlock = (done: number) => {
    const queries = Math.min(BLOCK, count - done);
    const first = firstSeen(position + done, window);
    const last = position + done + queries - 1;
    const [k, v] = [allKeys, allValues].map((x) => narrow(x, 1, first - from, last + 1 - first));
    const rows = (x: Tensor) => narrow(x, 0, row + done, queries);
    const query = reshape(rows(q), [1, queries, ...q.shape.slice(1)]);
    const mixed =
      cap > 0 || firstSeen(last, window) > first
        ? attendByProducts(query, k!, v!, options)
        : select(scaledDotProductAttention(query, k!, v!, { scale, isCausal: true }), 0, 0);
    copy_(rows(out), mixed);
  };
  for (let done = 0; done < count; done += BLOCK) tidy(() => attendBlock(done));
}

/** out = attention of each row over the keys of its sequence up to its own; as `attendPages`, without its checks. */
export function composeAttendPages(
  out: Tensor,
  q: Tensor,
  pages: KeyPages,
  options: PagedAttention,
): void {
  for (const run of runsOf(pages)) tidy(() => attendRun(out, q, pages, run, options));
}

/** Copies k and v [rows, keyHeads, width] to their places; as `storePages`, without its checks and its rotation. */
export function composeStorePages(k: Tensor, v: Tensor | null, pages: KeyPages): void {
  for (const { row, count, position, pages: numbers } of runsOf(pages)) {
    const pieces = piecesOf(numbers, pages.keys.shape[2]!, position, count);
    const store = (all: Tensor, x: Tensor) => {
      for (const [to, from] of besides(all, pieces, narrow(x, 0, row, count))) copy_(to!, from!);
    };
    store(pages.keys, k);
    if (v && pages.values) store(pages.values, v);
  }
}
