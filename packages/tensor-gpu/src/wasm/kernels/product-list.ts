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
const PACK_ROWS = 16;
/** Rows from which B is packed even where its rows are contiguous, as in `assembly/product.as`. */
const packFromRows = (bRow: number) => (bRow % 512 === 0 ? 200 : 600);
/** Bytes that packed matrices may take at once. */
export const PACK_LIMIT_BYTES = 16 * 2 ** 20;

const RECORD_BYTES = 64;
const PACK_RECORD_BYTES = 32;
const TILE_ROWS = 6;
const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
const work = ({ m, n, k }: Product) => m * n * k;

/** How a product of the list takes B: by the path that suits the shape, packed, or in rows as they lie. */
const OPERAND = { any: 0, packed: 1, rows: 2 };
type Operand = keyof typeof OPERAND;

function operandOf({ m, k, b, bias }: Product): Operand {
  if (m < PACK_ROWS || k === 0) return "any";
  return b.column === 1 && m < packFromRows(b.row) && !bias ? "rows" : "packed";
}

/** Bytes of B's packed form; 0 where it is not packed. */
export function packedBytes(product: Product): number {
  const { n, k } = product;
  return operandOf(product) === "packed" ? roundUp(roundUp(n, 8) * k * 4, 64) : 0;
}

/** A block of a product's rows and columns. `panels`: address of the packed B, 0 where it is not packed. */
interface Block {
  readonly product: Product;
  readonly operand: Operand;
  readonly panels: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
  readonly work: number;
}

/** Takes rows from `row` on, in pieces of so many columns. */
type AddBand = (row: number, rows: number, columns: number) => void;

/**
 * Bands of rows of about `target` multiply-adds, smaller towards the end where `tapers`, so that threads finish
 * together. Columns are cut too where there are few rows.
 */
function cutBands(
  { m, n, k }: Product,
  parts: number,
  target: number,
  tapers: boolean,
  add: AddBand,
): void {
  const least = Math.max(GRAIN / 2, tapers ? target / 8 : target);
  const columns = m >= 4 * TILE_ROWS * parts ? n : Math.max(64, roundUp((n * m) / (parts * 24), 8));
  const leastRows = roundUp(Math.max(1, least / (columns * k)), TILE_ROWS);
  for (let row = 0, rows = 0; row < m; row += rows) {
    const wanted = tapers ? Math.min(target, ((m - row) * n * k) / 4) : target;
    rows = Math.min(m - row, Math.max(leastRows, roundUp(wanted / (columns * k), TILE_ROWS)));
    add(row, rows, columns);
  }
}

/** About `parts` / 2 blocks as square as may be: each packs its part of A and streams its part of B through the cache. */
function cutSquares({ m, n }: Product, parts: number, add: AddBand): void {
  const columns = Math.max(64, roundUp((2 * n) / parts, 8));
  const wanted = Math.floor(parts / 2 / Math.ceil(n / columns));
  const down = Math.max(1, Math.min(wanted, Math.floor(m / (4 * TILE_ROWS))));
  const height = roundUp(m / down, TILE_ROWS);
  for (let row = 0; row < m; row += height) add(row, Math.min(height, m - row), columns);
}

/** Adds a product to `blocks`, cut into ones of about `target` multiply-adds. */
function cut(
  blocks: Block[],
  product: Product,
  panels: number,
  target: number,
  tapers: boolean,
): void {
  const { m, n, k } = product;
  const operand = operandOf(product);
  const add: AddBand = (row, rows, step) => {
    for (let column = 0; column < n; column += step) {
      const columns = Math.min(step, n - column);
      const work = rows * columns * k;
      blocks.push({ product, operand, panels, row, rows, column, columns, work });
    }
  };
  const parts = Math.ceil(work(product) / Math.max(target, GRAIN / 2));
  if (operand === "any") add(0, m, Math.max(1, n));
  else if (operand === "rows" && m < 4 * TILE_ROWS * parts) cutSquares(product, parts, add);
  else cutBands(product, parts, target, tapers, add);
}

function writeBlock(ints: Int32Array, at: number, block: Block): void {
  const { product, operand, panels, row, column } = block;
  const { a, b } = product;
  const isPacked = operand === "packed";
  ints[at] = a.address + row * a.row * 4;
  ints[at + 1] = a.row;
  ints[at + 2] = a.column;
  ints[at + 3] = isPacked ? panels : b.address + column * b.column * 4;
  ints[at + 4] = isPacked ? product.k : b.row;
  ints[at + 5] = isPacked ? product.n : b.column;
  ints[at + 6] = product.c + (row * product.cRow + column) * 4;
  ints[at + 7] = product.cRow;
  ints[at + 8] = block.rows;
  ints[at + 9] = block.columns;
  ints[at + 10] = product.k;
  ints[at + 11] = product.accumulate ? 1 : 0;
  ints[at + 12] = OPERAND[operand];
  ints[at + 13] = column;
  ints[at + 14] = product.bias ? product.bias + column * 4 : 0;
}

/** Packs the Bs of products, in parallel, each to its address. */
function pack(launcher: Launcher, addresses: ReadonlyMap<Product, number>): void {
  launcher.borrow(addresses.size * PACK_RECORD_BYTES, (table) => {
    const { memoryInts } = launcher;
    let at = table >>> 2;
    let panels = 0;
    let elements = 0;
    for (const [{ b, k, n }, address] of addresses) {
      memoryInts.set([b.address, b.row, b.column, k, n, address, panels], at);
      at += PACK_RECORD_BYTES / 4;
      panels += Math.ceil(n / 8);
      elements += k * n;
    }
    launcher.ints[0] = table;
    launcher.ints[1] = addresses.size;
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
  const target = products.reduce((sum, product) => sum + work(product), 0) / (4 * launcher.threads);
  const bytes = products.reduce((sum, product) => sum + packedBytes(product), 0);
  launcher.borrow(bytes, (area) => {
    const panels = new Map<Product, number>();
    let next = area;
    for (const product of products) {
      if (operandOf(product) === "packed") panels.set(product, next);
      next += packedBytes(product);
    }
    if (panels.size > 0) pack(launcher, panels);
    const blocks: Block[] = [];
    const isAlone = products.length === 1;
    for (const product of products) cut(blocks, product, panels.get(product) ?? 0, target, isAlone);
    runBlocks(launcher, blocks);
  });
}
