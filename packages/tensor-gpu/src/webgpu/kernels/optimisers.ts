import type { OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { elementOf, heapOf, wholeHeap } from "../device-heaps";
import { streamed } from "../elementwise";
import { TABLE_ROWS } from "../kernel-source";
import { type Launcher, type OnLauncher, perRow, spread } from "../launcher";

/** Elements of a workgroup's share of a view. */
const SHARE = 2048;
const placeOf = ({ storage, offset }: View) => elementOf(storage.handle) + offset;

/** Where each of parts begins that follow each other, and the end of the last. */
function startsOf(sizes: readonly number[]): { starts: number[]; end: number } {
  let end = 0;
  const starts = sizes.map((size) => {
    end += size;
    return end - size;
  });
  return { starts, end };
}

/** The first share of each view, and how many there are. */
const sharesOf = (views: readonly View[]) =>
  startsOf(views.map(({ size }) => Math.ceil(size / SHARE)));

/** Lists of at most `limit` items whose `key` is the same, in order. */
function batches<Item>(
  items: readonly Item[],
  limit: number,
  key: (item: Item) => string,
): Item[][] {
  const lists: Item[][] = [];
  const open = new Map<string, Item[]>();
  for (const item of items) {
    const list = open.get(key(item));
    if (list && list.length < limit) list.push(item);
    else {
      const fresh = [item];
      lists.push(fresh);
      open.set(key(item), fresh);
    }
  }
  return lists;
}

/** Sets `slot`, the table's entry of rows of `stride` whose shares hold share `row` (its word w is the first), and `begin`. */
const findEntry = (stride: number) => `var entry = 0u;
  for (var step = 128u; step > 0u; step = step >> 1u) {
    let next = entry + step;
    if (next < a.entries && a.table[next * ${stride}u].w <= row) { entry = next; }
  }
  let slot = a.table[entry * ${stride}u];
  let begin = (row - slot.w) * ${SHARE}u;`;

/** The squared norms of views of one heap, by the sums of their shares. */
function normsOfHeap(
  launcher: Launcher,
  out: View,
  batch: readonly { view: View; i: number }[],
): void {
  const inputs = batch.map(({ view }) => view);
  const { starts, end: shares } = sharesOf(inputs);
  const table = Uint32Array.from(
    batch.flatMap(({ view, i }, k) => [placeOf(view), view.size, i, starts[k]!]),
  );
  const entries = batch.length;
  launcher.scratch(Math.max(1, shares), (partial) => {
    if (shares > 0)
      launcher.launch({
        key: "squaredNorms",
        views: { partial, x: wholeHeap(heapOf(inputs[0]!.storage.handle)) },
        writes: ["partial"],
        numbers: { rows: shares, entries },
        table,
        body: () =>
          perRow(`${findEntry(1)}
  var part = 0.0;
  for (var j = begin + lane; j < min(slot.y, begin + ${SHARE}u); j += 64u) {
    let value = x_at(slot.x + j);
    part += value * value;
  }
  part = groupSum(part, lane);
  if (lane == 0u) { partial_put(row, part); }`),
        groups: spread(shares),
        work: streamed(inputs, [partial], 2 * inputs.reduce((sum, { size }) => sum + size, 0)),
      });
    launcher.launch({
      key: "squaredNorms sums",
      views: { out, partial },
      writes: ["out"],
      numbers: { rows: entries },
      table,
      body: () =>
        perRow(`let slot = a.table[row];
  let end = slot.w + (slot.y + ${SHARE - 1}u) / ${SHARE}u;
  var part = 0.0;
  for (var j = slot.w + lane; j < end; j += 64u) { part += partial_at(j); }
  part = groupSum(part, lane);
  if (lane == 0u) { out_put(slot.z, part); }`),
      groups: spread(entries),
      work: { flop: shares, bytesRead: 4 * shares, bytesWritten: 4 * entries },
    });
  });
}

export const optimiserKernels = {
  squaredNorms(launcher, out, views) {
    const all = views.map((view, i) => ({ view, i }));
    for (const batch of batches(all, TABLE_ROWS, ({ view }) => `${heapOf(view.storage.handle)}`))
      normsOfHeap(launcher, out, batch);
  },

  /** @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2 */
  adamw(launcher, slots, m, v, gradScale, options) {
    launcher.refuse("a step of an optimiser");
    const { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 } = options;
    const { starts } = startsOf(slots.map(({ parameter }) => parameter.size));
    const filled = slots
      .map((slot, i) => ({ ...slot, start: starts[i]! }))
      .filter(({ parameter }) => parameter.size > 0);
    const homes = ({ parameter, gradient }: OptimizerSlot) =>
      `${heapOf(parameter.storage.handle)} ${heapOf(gradient.storage.handle)}`;
    for (const batch of batches(filled, TABLE_ROWS / 2, homes)) {
      const { parameter: p, gradient: g } = batch[0]!;
      const shares = sharesOf(batch.map(({ parameter }) => parameter));
      const table = new Uint32Array(8 * batch.length);
      const reals = new Float32Array(table.buffer);
      let size = 0;
      for (const [i, slot] of batch.entries()) {
        const { parameter, gradient, start, weightDecay } = slot;
        const rate = lr * slot.lrScale;
        const words = [placeOf(parameter), placeOf(gradient), parameter.size, shares.starts[i]!];
        table.set([...words, start], 8 * i);
        reals.set([rate, 1 - rate * weightDecay], 8 * i + 5);
        size += parameter.size;
      }
      launcher.launch({
        key: `adamw:${gradScale !== null}`,
        views: {
          p: wholeHeap(heapOf(p.storage.handle)),
          g: wholeHeap(heapOf(g.storage.handle)),
          m,
          v,
          ...(gradScale && { gradScale }),
        },
        writes: ["p", "m", "v"],
        numbers: { rows: shares.end, entries: batch.length },
        floats: {
          beta1,
          beta2,
          rest1: 1 - beta1,
          rest2: 1 - beta2,
          eps,
          correction1: biasCorrection1,
          correction2: biasCorrection2,
        },
        table,
        body: () =>
          perRow(`${findEntry(2)}
  let more = a.table[entry * 2u + 1u];
  let factor = ${gradScale ? "gradScale_at(0u)" : "1.0"};
  for (var j = begin + lane; j < min(slot.z, begin + ${SHARE}u); j += 64u) {
    let gradient = factor * g_at(slot.y + j);
    let at = more.x + j;
    let mean = a.beta1 * m_at(at) + a.rest1 * gradient;
    let square = a.beta2 * v_at(at) + a.rest2 * gradient * gradient;
    m_put(at, mean);
    v_put(at, square);
    let step = mean / a.correction1 / (sqrt(square / a.correction2) + a.eps);
    p_put(slot.x + j, p_at(slot.x + j) * bitcast<f32>(more.z) - bitcast<f32>(more.y) * step);
  }`),
        groups: spread(shares.end),
        work: { flop: 15 * size, bytesRead: 16 * size, bytesWritten: 12 * size },
      });
    }
  },
} satisfies Partial<OnLauncher>;
