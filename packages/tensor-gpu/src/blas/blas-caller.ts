import type { GemmShape, Kernels } from "../backend/kernels";
import type { View } from "../backend/view";
import type { Matrix, Product } from "../wasm/kernels/product-list";
import type { WasmRuntime } from "../wasm/runtime";
import type { BlasLibrary } from "./open-blas";
import { type OperandLayout, operandLayout, ROW_MAJOR } from "./operand-layout";

interface Operand extends OperandLayout {
  readonly address: number;
}

/** Products by the library on matrices in the runtime's memory. */
export interface BlasCaller {
  multiply(product: Product): void;
  multiplyBatch(first: Product, shape: GemmShape): void;
}

function matrixView({ address, row, column }: Matrix, rows: number, columns: number): View {
  return {
    storage: { handle: address },
    offset: 0,
    shape: [rows, columns],
    strides: [row, column],
    dtype: "float32",
    size: rows * columns,
  };
}

/** Product (x, y) of the batch that begins with `first`. */
function productAt(first: Product, shape: GemmShape, x: number, y: number): Product {
  const move = (address: number, outer: number, inner: number) =>
    address + (x * outer + y * inner) * 4;
  const { a, b, c } = first;
  return {
    ...first,
    a: { ...a, address: move(a.address, shape.aBatch0, shape.aBatch1) },
    b: { ...b, address: move(b.address, shape.bBatch0, shape.bBatch1) },
    c: move(c, shape.cBatch0, shape.cBatch1),
  };
}

/** @param copy the kernel that copies matrices which BLAS cannot read in place */
export function createBlasCaller(
  { launcher, linear, threads }: Pick<WasmRuntime, "launcher" | "linear" | "threads">,
  library: BlasLibrary,
  copy: Kernels["copy"],
): BlasCaller {
  // A new view for each call stays valid after the memory has grown.
  const at = (address: number) => linear.floats.subarray(address >>> 2, (address >>> 2) + 1);

  const call = (run: () => void) =>
    launcher.call(() => {
      library.setThreads(threads); // One number for the whole process: other code may have set it.
      run();
    });

  /** Passes `use` the matrix in a form that BLAS can read, copied where necessary. */
  const withOperand = (
    matrix: Matrix,
    rows: number,
    columns: number,
    use: (operand: Operand) => void,
  ) => {
    const layout = operandLayout(matrix, rows, columns);
    if (layout) return use({ ...layout, address: matrix.address });
    launcher.borrow(rows * columns * 4, (address) => {
      const packed = { address, row: columns, column: 1 };
      copy(matrixView(packed, rows, columns), matrixView(matrix, rows, columns));
      use({ ...operandLayout(packed, rows, columns)!, address });
    });
  };
  const multiply = ({ a, b, c, cRow, m, n, k, accumulate }: Product) =>
    withOperand(a, m, k, (x) =>
      withOperand(b, k, n, (y) => {
        const sizes = [ROW_MAJOR, x.transpose, y.transpose, m, n, k, 1];
        call(() => {
          const operands = [at(x.address), x.leading, at(y.address), y.leading];
          library.sgemm(...sizes, ...operands, accumulate ? 1 : 0, at(c), cRow);
        });
      }),
    );
  /** One call per index of the outer batch axis; false where the library or the layout does not allow it. */
  const multiplyStrided = (first: Product, shape: GemmShape): boolean => {
    const { m, n, k, accumulate, cRow } = first;
    const { batch0, batch1 } = shape;
    const a = operandLayout(first.a, m, k);
    const b = operandLayout(first.b, k, n);
    if (!library.sgemmBatchStrided || !a || !b) return false;
    const [aStep, bStep, cStep, count] =
      batch1 > 1
        ? [shape.aBatch1, shape.bBatch1, shape.cBatch1, batch1]
        : [shape.aBatch0, shape.bBatch0, shape.cBatch0, batch0];
    for (let x = 0; x < (batch1 > 1 ? batch0 : 1); x++) {
      const product = productAt(first, shape, x, 0);
      const sizes = [ROW_MAJOR, a.transpose, b.transpose, m, n, k, 1];
      call(() => {
        const left = [at(product.a.address), a.leading, aStep];
        const right = [at(product.b.address), b.leading, bStep];
        const result = [at(product.c), cRow, cStep, count];
        library.sgemmBatchStrided!(...sizes, ...left, ...right, accumulate ? 1 : 0, ...result);
      });
    }
    return true;
  };
  return {
    multiply,
    multiplyBatch(first, shape) {
      const { batch0, batch1 } = shape;
      if (batch0 * batch1 > 1 && multiplyStrided(first, shape)) return;
      for (let x = 0; x < batch0; x++) {
        for (let y = 0; y < batch1; y++) multiply(productAt(first, shape, x, y));
      }
    },
  };
}
