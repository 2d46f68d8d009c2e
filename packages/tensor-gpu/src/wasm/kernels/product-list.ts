import type { Launcher } from "../launcher";

/** A matrix in memory: byte address and strides in elements. */
export interface Matrix {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** C (m×n, rows `cRow` apart) = or += A·B, or each row of A·B onto a bias. */
export interface Product {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly c: number;
  readonly cRow: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly accumulate: boolean;
  /** Address of n floats; only for products that are packed and do not accumulate. */
  readonly bias?: number;
}

/** Multiply-adds below which a product is not worth a thread's attention. */
export const GRAIN = 1 << 18;
/** Rows below which packing B for all threads costs more than it saves. */
export const PACK_ROWS = 16;
/** Bytes that packed matrices may take at once. */
export const PACK_LIMIT_BYTES = 16 * 2 ** 20;

const RECORD_BYTES = 64;
const PACK_RECORD_BYTES = 32;
const TILE_ROWS = 6;
const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
const work = ({ m, n, k }: Product) => m * n * k;

/** Bytes of B's packed form. */
export function packedBytes({ n, k }: Product): number {
  return roundUp(roundUp(n, 8) * k * 4, 64);
}

/** A block of a product's rows and columns; `panels` is 0 where B is read as it lies. */
interface Block {
  readonly product: Product;
  readonly panels: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
  readonly work: number;
}

/**
 * Cuts a packed product into blocks of about `target` multiply-adds, smaller towards the end (where `tapers`), so that
 * threads finish together. Columns are cut too where there are few rows.
 */
function cut(product: Product, panels: number, target: number, tapers: boolean): Block[] {
  const { m, n, k } = product;
  const least = Math.max(GRAIN / 2, tapers ? target / 8 : target);
  const parts = Math.ceil(work(product) / Math.max(target, GRAIN / 2));
  const columns = m >= 4 * TILE_ROWS * parts ? n : Math.max(64, roundUp((n * m) / (parts * 24), 8));
  const leastRows = roundUp(Math.max(1, least / (columns * k)), TILE_ROWS);
  const blocks: Block[] = [];
  for (let row = 0, rows = 0; row < m; row += rows) {
    const wanted = tapers ? Math.min(target, ((m - row) * n * k) / 4) : target;
    rows = Math.min(m - row, Math.max(leastRows, roundUp(wanted / (columns * k), TILE_ROWS)));
    for (let column = 0; column < n; column += columns) {
      const width = Math.min(columns, n - column);
      blocks.push({ product, panels, row, rows, column, columns: width, work: rows * width * k });
    }
  }
  return blocks;
}

function writeBlock(ints: Int32Array, at: number, block: Block): void {
  const { product, panels, row, column } = block;
  const { a, b } = product;
  ints[at] = a.address + row * a.row * 4;
  ints[at + 1] = a.row;
  ints[at + 2] = a.column;
  ints[at + 3] = panels || b.address;
  ints[at + 4] = panels ? product.k : b.row;
  ints[at + 5] = panels ? product.n : b.column;
  ints[at + 6] = product.c + (row * product.cRow + column) * 4;
  ints[at + 7] = product.cRow;
  ints[at + 8] = block.rows;
  ints[at + 9] = block.columns;
  ints[at + 10] = product.k;
  ints[at + 11] = product.accumulate ? 1 : 0;
  ints[at + 12] = panels ? 1 : 0;
  ints[at + 13] = column;
  ints[at + 14] = product.bias ? product.bias + column * 4 : 0;
}

/** Packs the Bs of all products, in parallel, to the given addresses. */
function pack(launcher: Launcher, products: readonly Product[], to: readonly number[]): void {
  launcher.borrow(products.length * PACK_RECORD_BYTES, (table) => {
    const { memoryInts } = launcher;
    let panels = 0;
    let elements = 0;
    products.forEach(({ b, k, n }, i) => {
      const record = [b.address, b.row, b.column, k, n, to[i]!, panels];
      memoryInts.set(record, (table >>> 2) + i * 8);
      panels += Math.ceil(n / 8);
      elements += k * n;
    });
    launcher.ints[0] = table;
    launcher.ints[1] = products.length;
    launcher.run("packMatrices", panels, Math.ceil((panels * (GRAIN / 4)) / elements));
  });
}

function runBlocks(launcher: Launcher, blocks: Block[]): void {
  if (blocks.length === 0) return;
  blocks.sort((x, y) => y.work - x.work);
  const total = blocks.reduce((sum, block) => sum + block.work, 0);
  launcher.borrow(blocks.length * RECORD_BYTES, (table) => {
    const { memoryInts } = launcher;
    blocks.forEach((block, i) => {
      writeBlock(memoryInts, (table >>> 2) + i * (RECORD_BYTES / 4), block);
    });
    launcher.ints[0] = table;
    launcher.run(
      "gemmList",
      blocks.length,
      Math.ceil((blocks.length * GRAIN) / 2 / Math.max(1, total)),
    );
  });
}

/**
 * Runs products that have nothing to do with one another on all threads: Bs that enough rows use are packed once,
 * then the threads take blocks of rows from a list, largest first. How it is cut does not change any result.
 */
export function runProducts(launcher: Launcher, products: readonly Product[]): void {
  const packed = products.filter((product) => product.m >= PACK_ROWS && product.k > 0);
  const plain = products.filter((product) => product.m < PACK_ROWS || product.k === 0);
  const bytes = packed.reduce((sum, product) => sum + packedBytes(product), 0);
  const target = products.reduce((sum, product) => sum + work(product), 0) / (4 * launcher.threads);
  launcher.borrow(bytes, (area) => {
    let next = area;
    const panels = packed.map((product) => {
      next += packedBytes(product);
      return next - packedBytes(product);
    });
    if (packed.length > 0) pack(launcher, packed, panels);
    runBlocks(launcher, [
      ...packed.flatMap((product, i) => cut(product, panels[i]!, target, products.length === 1)),
      ...plain.map((product) => ({
        product,
        panels: 0,
        row: 0,
        rows: product.m,
        column: 0,
        columns: product.n,
        work: work(product),
      })),
    ]);
  });
}
