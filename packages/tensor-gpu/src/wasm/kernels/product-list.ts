import { type BlockRecord, Operand, type PackRecord } from "../generated/kernels";
import type { Launcher } from "../launcher";

/** A matrix in memory: byte address and strides in elements. */
export interface Matrix {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** C (m×n, rows `cRow` apart) = or += A·B, or each row of A·B plus a bias. */
export interface Product {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly c: number;
  readonly cRow: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly accumulate: boolean;
  /** Address of n floats, for packed products that do not accumulate only. */
  readonly bias?: number;
}

/** Multiply-adds below which a product is not worth a separate thread. */
export const GRAIN = 1 << 18;
/** Maximum total bytes of packed matrices. */
export const PACK_LIMIT_BYTES = 16 * 2 ** 20;

const TILE_ROWS = 6;
const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
const work = ({ m, n, k }: Product) => m * n * k;

const operandOf = ({ choices }: Launcher, { m, k, b, bias }: Product): number =>
  choices.operandOf(b.row, b.column, m, k, bias !== undefined);

/** Bytes of B's packed form; 0 where it is not packed. */
export function packedBytes(launcher: Launcher, product: Product): number {
  const { n, k } = product;
  if (operandOf(launcher, product) !== Operand.packed) return 0;
  return roundUp(roundUp(n, 8) * k * 4, 64);
}

/** A block of a product's rows and columns. `operand`: an `Operand`; `panels`: address of the packed B, 0 where it is not packed. */
interface Block {
  readonly product: Product;
  readonly operand: number;
  readonly panels: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
  readonly work: number;
}

/** Adds rows from `row` on, in pieces of this many columns. */
type AddBand = (row: number, rows: number, columns: number) => void;

/**
 * Bands of rows of about `target` multiply-adds, smaller towards the end where `tapers`, so that threads finish
 * together. Columns are split too where there are few rows.
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

/**
 * About `parts` / 2 blocks, as square as possible: each packs its part of A and streams its part of B through the cache.
 */
function cutSquares({ m, n }: Product, parts: number, add: AddBand): void {
  const columns = Math.max(64, roundUp((2 * n) / parts, 8));
  const wanted = Math.floor(parts / 2 / Math.ceil(n / columns));
  const down = Math.max(1, Math.min(wanted, Math.floor(m / (4 * TILE_ROWS))));
  const height = roundUp(m / down, TILE_ROWS);
  for (let row = 0; row < m; row += height) add(row, Math.min(height, m - row), columns);
}

/** Splits a product into blocks of about `target` multiply-adds and adds them to `blocks`. */
function cut(
  blocks: Block[],
  product: Product,
  operand: number,
  panels: number,
  target: number,
  tapers: boolean,
): void {
  const { m, n, k } = product;
  const add: AddBand = (row, rows, step) => {
    for (let column = 0; column < n; column += step) {
      const columns = Math.min(step, n - column);
      const work = rows * columns * k;
      blocks.push({ product, operand, panels, row, rows, column, columns, work });
    }
  };
  const parts = Math.ceil(work(product) / Math.max(target, GRAIN / 2));
  if (operand === Operand.any) add(0, m, Math.max(1, n));
  else if (operand === Operand.rows && m < 4 * TILE_ROWS * parts) cutSquares(product, parts, add);
  else cutBands(product, parts, target, tapers, add);
}

function recordOf(block: Block): BlockRecord {
  const { product, operand, panels, row, column } = block;
  const { a, b, c, cRow, k, bias } = product;
  const [at, bRow, bColumn] =
    operand === Operand.packed
      ? [panels, k, product.n]
      : [b.address + column * b.column * 4, b.row, b.column];
  return [
    a.address + row * a.row * 4,
    a.row,
    a.column,
    at,
    bRow,
    bColumn,
    c + (row * cRow + column) * 4,
    cRow,
    block.rows,
    block.columns,
    k,
    product.accumulate,
    operand,
    column,
    bias ? bias + column * 4 : 0,
  ];
}

/** Packs the Bs of products, in parallel, each to its address. */
function pack(launcher: Launcher, addresses: ReadonlyMap<Product, number>): void {
  let panels = 0;
  let elements = 0;
  const lines = Array.from(addresses, ([{ b, k, n }, address]): PackRecord => {
    const first = panels;
    panels += Math.ceil(n / 8);
    elements += k * n;
    return [b.address, b.row, b.column, k, n, address, first];
  });
  launcher.withTable("PackRecord", lines, (table) => {
    const grain = Math.ceil((panels * (GRAIN / 4)) / elements);
    launcher.run("packMatrices", [table, lines.length], panels, grain);
  });
}

function runBlocks(launcher: Launcher, blocks: Block[]): void {
  if (blocks.length === 0) return;
  blocks.sort((x, y) => y.work - x.work);
  const total = blocks.reduce((sum, block) => sum + block.work, 0);
  const grain = Math.ceil((blocks.length * GRAIN) / 2 / Math.max(1, total));
  launcher.withTable("BlockRecord", blocks.map(recordOf), (table) =>
    launcher.run("gemmList", [table], blocks.length, grain),
  );
}

/**
 * Runs independent products on all threads. Matrices B used by enough rows are packed once; then the threads take
 * blocks of rows from a list, largest first. The split does not change any result.
 */
export function runProducts(launcher: Launcher, products: readonly Product[]): void {
  const target = products.reduce((sum, product) => sum + work(product), 0) / (4 * launcher.threads);
  const operands = products.map((product) => operandOf(launcher, product));
  const bytes = products.reduce((sum, product) => sum + packedBytes(launcher, product), 0);
  launcher.borrow(bytes, (area) => {
    const panels = new Map<Product, number>();
    let next = area;
    products.forEach((product, i) => {
      if (operands[i] === Operand.packed) panels.set(product, next);
      next += packedBytes(launcher, product);
    });
    if (panels.size > 0) pack(launcher, panels);
    const blocks: Block[] = [];
    const isAlone = products.length === 1;
    products.forEach((product, i) => {
      cut(blocks, product, operands[i]!, panels.get(product) ?? 0, target, isAlone);
    });
    runBlocks(launcher, blocks);
  });
}
