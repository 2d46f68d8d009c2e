import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  createJsBackend,
  fill_,
  Generator,
  getBackend,
  inference,
  memory,
  randn,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../src";

const [HEADS, KEY_HEADS, D, PAGE] = [4, 2, 4, 16];
/** Longer than two blocks of queries. */
const LENGTH = 300;

/** The same backend, with the number of kernels that were called. */
function counted(backend: Backend) {
  const calls = { count: 0 };
  const kernels = Object.fromEntries(
    Object.entries(backend.kernels).map(([name, kernel]) => [
      name,
      (...args: never[]) => {
        if (name !== "firstOutOfRange") calls.count++;
        return (kernel as (...args: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Backend["kernels"];
  return { backend: { ...backend, kernels } as Backend, calls };
}

interface Rows {
  /** Positions of the rows, all of one sequence. */
  positions: readonly number[];
  /** Numbers of the sequence's pages in order. */
  numbers: readonly number[];
}

/** Keys and values in empty pages, to be read and written by rows of one sequence. */
function pagesFor({ positions, numbers }: Rows): inference.KeyPages {
  const rows = Int32Array.from(positions.flatMap((position) => [0, position]));
  const table = Int32Array.from(numbers);
  const place = () => zeros([numbers.length, KEY_HEADS, PAGE, D]);
  return {
    keys: place(),
    values: place(),
    rows: tensor(rows, { shape: [positions.length, 2] }),
    table: tensor(table, { shape: [1, numbers.length] }),
    numbers: { rows, table },
  };
}

const upwards = Array.from({ length: LENGTH }, (_, i) => i);
const pageCount = Math.ceil(LENGTH / PAGE);
const inOrder = Array.from({ length: pageCount }, (_, i) => i);

/** Drawn rows of the positions: what is at a position does not depend on the order. */
function drawn(heads: number, seed: number, positions: readonly number[]): Tensor {
  const all = randn([LENGTH, heads, D], { generator: new Generator(seed) });
  const order = tensor(Int32Array.from(positions));
  const rows = zeros([positions.length, heads * D]);
  inference.gatherInto(rows, all.reshape([LENGTH, heads * D]), order);
  return rows.reshape([positions.length, heads, D]);
}

/** Stores all keys and values, and lets rows from a position on attend. Results in the order of positions. */
function attendAll(rows: Rows, from: number, options: inference.AttendPagesOptions) {
  const { positions, numbers } = rows;
  const pages = pagesFor(rows);
  const [k, v] = [drawn(KEY_HEADS, 1, positions), drawn(KEY_HEADS, 2, positions)];
  inference.storePages(null, k, v, pages, null);
  const later = positions.filter((position) => position >= from);
  const q = drawn(HEADS, 3, later);
  const out = zeros([later.length, HEADS, D]);
  const own = pagesFor({ positions: later, numbers });
  inference.attendPages(
    out,
    q,
    { ...own, keys: pages.keys, values: pages.values },
    { scale: 0.5, ...options },
  );
  return { out, pages, later };
}

describe("attention over pages composed from other kernels", () => {
  const before = getBackend();
  let js: Backend;
  beforeEach(() => {
    js = setBackend(createJsBackend());
  });
  afterEach(() => {
    setBackend(before);
    js.dispose();
  });

  it.each<[string, number, inference.AttendPagesOptions]>([
    ["a whole prompt", 0, {}],
    ["the rest of a prompt", 77, {}],
    ["a window", 0, { window: 40 }],
    ["a window that ends within a block", 77, { window: 290 }],
    ["capped scores", 77, { cap: 0.7 }],
    ["a window and capped scores", 0, { cap: 0.7, window: 5 }],
  ])("gives rows together what it gives them one by one, with %s", (_, from, options) => {
    const together = attendAll({ positions: upwards, numbers: inOrder }, from, options);
    const alone = attendAll(
      { positions: upwards.toReversed(), numbers: inOrder.toReversed() },
      from,
      options,
    );
    const rows = (x: Tensor) => x.reshape([x.shape[0]!, HEADS * D]);
    const inRowOrder = zeros(rows(alone.out).shape);
    const order = alone.later.map((_, i) => alone.later.length - 1 - i);
    inference.gatherInto(inRowOrder, rows(alone.out), tensor(Int32Array.from(order)));
    expect(rows(together.out).dataSync()).toBeAllclose(inRowOrder.dataSync(), {
      rtol: 1e-5,
      atol: 1e-6,
    });
    // Page 0 holds the first tokens there, and the last ones here.
    for (const name of ["keys", "values"] as const)
      expect(together.pages[name]!.select(0, 0).dataSync()).toEqual(
        alone.pages[name]!.select(0, pageCount - 1).dataSync(),
      );
  });

  it.each<[string, number, inference.AttendPagesOptions, number]>([
    ["that starts its sequence", 0, {}, 10],
    ["after other tokens", 100, {}, 10],
    ["with a window", 0, { window: 40 }, 34],
  ])("takes few kernels for a prompt %s", (_, from, options, most) => {
    const { backend, calls } = counted(js);
    const rows = { positions: upwards.slice(from), numbers: inOrder };
    setBackend(backend);
    const pages = pagesFor(rows);
    const [q, k] = [HEADS, KEY_HEADS].map((heads) => zeros([LENGTH - from, heads, D]));
    const out = zeros(q!.shape);
    const v = k!.clone();
    const held = memory();
    calls.count = 0;
    inference.storePages(null, k!, v, pages, null);
    expect(calls.count).toBeLessThanOrEqual(6);
    calls.count = 0;
    inference.attendPages(out, q!, pages, options);
    expect(calls.count).toBeLessThanOrEqual(most);
    expect(memory()).toEqual(held);
  });

  it("hides what stands at other places of the same pages", () => {
    const pages = pagesFor({ positions: upwards.slice(0, 8), numbers: inOrder });
    fill_(pages.keys, Number.NaN);
    const x = randn([8, KEY_HEADS, D], { generator: new Generator(4) });
    inference.storePages(null, x, x, pages, null);
    const out = zeros([8, KEY_HEADS, D]);
    inference.attendPages(out, x, pages);
    expect(out.dataSync().every(Number.isFinite)).toBe(true);
  });
});
