import type { Launcher } from "../launcher";

/** A matrix in memory: byte address and strides in elements. */
export interface Matrix {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** C (m×n, rows `cRow` apart) = or += A·B. */
export interface Product {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly c: number;
  readonly cRow: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly accumulate: boolean;
}

/** Multiply-adds below which a product is not worth a thread's attention. */
export const GRAIN = 1 << 18;
/** Rows below which packing B costs more than it saves. */
export const PACK_ROWS = 16;
/** Bytes that packed matrices may take at once. */
export const PACK_LIMIT_BYTES = 16 * 2 ** 20;

const RECORD_BYTES = 64;
const PACK_RECORD_BYTES = 32;
const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;

/** Bytes of B's packed form. */
export function packedBytes({ n, k }: Product): number {
  return roundUp(roundUp(n, 8) * k * 4, 64);
}

/** How a packed product is cut: blocks of rows, and of columns too where there are few rows. */
function cuts({ m, n, k }: Product, threads: number): { rows: number; columns: number } {
  const parts = threads * 8;
  const rows = Math.min(96, Math.max(18, roundUp(m / parts, 6)));
  const perRow = Math.ceil(m / rows);
  const columns = Math.max(64, roundUp(n / Math.ceil(parts / perRow), 8));
  const few = m * n * k < GRAIN * 2;
  return few ? { rows: m, columns: n } : { rows, columns };
}

interface Job extends Product {
  /** Byte address of the panels, 0 for a B that is read as it lies. */
  readonly panels: number;
  readonly first: number;
}

function cut(product: Product, panels: number, threads: number): Job[] {
  const { rows, columns } = cuts(product, threads);
  const jobs: Job[] = [];
  for (let i = 0; i < product.m; i += rows) {
    for (let j = 0; j < product.n; j += columns) {
      jobs.push({
        ...product,
        a: { ...product.a, address: product.a.address + i * product.a.row * 4 },
        c: product.c + (i * product.cRow + j) * 4,
        m: Math.min(rows, product.m - i),
        n: Math.min(columns, product.n - j),
        panels,
        first: j,
      });
    }
  }
  return jobs;
}

function writeJob(ints: Int32Array, at: number, job: Job, whole: Product): void {
  const { a, b, panels } = job;
  ints.set([a.address, a.row, a.column], at);
  ints.set(panels ? [panels, whole.k, whole.n] : [b.address, b.row, b.column], at + 3);
  ints.set([job.c, job.cRow, job.m, job.n, job.k, job.accumulate ? 1 : 0], at + 6);
  ints.set([panels ? 1 : 0, job.first], at + 12);
}

/** Packs the Bs of all products, in parallel, to the given addresses. */
function pack(
  launcher: Launcher,
  products: readonly Product[],
  to: readonly number[],
  table: number,
) {
  const { memoryInts } = launcher;
  let panels = 0;
  products.forEach(({ b, k, n }, i) => {
    memoryInts.set([b.address, b.row, b.column, k, n, to[i]!, panels], (table >>> 2) + i * 8);
    panels += Math.ceil(n / 8);
  });
  const elements = products.reduce((sum, { k, n }) => sum + k * n, 0);
  launcher.ints.set([table, products.length]);
  launcher.run("packMatrices", panels, Math.ceil((panels * (GRAIN / 4)) / elements));
}

/**
 * Runs products that have nothing to do with one another on all threads: Bs that enough rows use are packed once,
 * then the threads take blocks of rows from a list, largest first. How it is cut does not change any result.
 */
export function runProducts(
  launcher: Launcher,
  threads: number,
  products: readonly Product[],
): void {
  const packed = products.filter((product) => product.m >= PACK_ROWS && product.k > 0);
  const plain = products.filter((product) => product.m < PACK_ROWS || product.k === 0);
  const panelBytes = packed.reduce((sum, product) => sum + packedBytes(product), 0);
  const jobCount = (product: Product) => {
    const { rows, columns } = cuts(product, threads);
    return Math.ceil(product.m / rows) * Math.ceil(product.n / columns);
  };
  const most = packed.reduce((sum, product) => sum + jobCount(product), plain.length);
  const tableBytes = most * RECORD_BYTES + packed.length * PACK_RECORD_BYTES;
  launcher.borrow(panelBytes + tableBytes, (block) => {
    let panels = block;
    const addresses = packed.map((product) => {
      panels += packedBytes(product);
      return panels - packedBytes(product);
    });
    if (packed.length > 0) pack(launcher, packed, addresses, panels + most * RECORD_BYTES);
    const jobs = [
      ...packed.flatMap((whole, i) =>
        cut(whole, addresses[i]!, threads).map((job) => ({ job, whole })),
      ),
      ...plain.map((whole) => ({ job: { ...whole, panels: 0, first: 0 }, whole })),
    ];
    const size = ({ job }: { job: Job }) => job.m * job.n * job.k;
    jobs.sort((x, y) => size(y) - size(x));
    const { memoryInts } = launcher;
    jobs.forEach(({ job, whole }, i) => {
      writeJob(memoryInts, (panels >>> 2) + i * (RECORD_BYTES / 4), job, whole);
    });
    const work = jobs.reduce((sum, job) => sum + size(job), 0);
    launcher.ints[0] = panels;
    launcher.run("gemmList", jobs.length, Math.ceil((jobs.length * GRAIN) / Math.max(1, work)));
  });
}
