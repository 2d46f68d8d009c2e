import type { View } from "../backend/view";
import type { Cell } from "./cell";
import type { Heap } from "./cell-heap";
import { launch } from "./launch";
import { mergedAxes } from "./layout";

/** Code and constants that a kernel needs to locate elements of strided views. */
export interface Places {
  readonly key: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** Statements that set p0, p1, … (one per view) from `i`. */
  readonly head: string;
}

/** Indices of element `i` (row-major) of views of the same shape in their blocks. */
export function placesOf(views: readonly View[], shape: readonly number[]): Places {
  if (views.some(({ strides }) => strides.length !== shape.length))
    throw new Error(`gpu: operands of a kernel must have as many axes as its output, ${shape}`);
  const axes = mergedAxes(
    shape,
    views.map(({ strides }) => strides),
  );
  const numbers: Record<string, number> = {};
  const sums = views.map((view, k) => {
    numbers[`offset${k}`] = view.offset;
    return [`offset${k}`];
  });
  let head = axes.length > 1 ? "let left = i;\n" : "";
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { length, strides } = axes[axis]!;
    const isFirst = axis === 0;
    const index = axes.length === 1 ? "i" : isFirst ? "left" : `index${axis}`;
    if (!isFirst) {
      numbers[`length${axis}`] = length;
      head += `    const next${axis} = quotient(left, length${axis});
    const index${axis} = left - next${axis} * length${axis};
    left = next${axis};\n`;
    }
    for (const [k, stride] of strides.entries()) {
      numbers[`stride${k}_${axis}`] = stride;
      sums[k]!.push(`${index} * stride${k}_${axis}`);
    }
  }
  head += sums.map((terms, k) => `    const p${k} = ${terms.join(" + ")};`).join("\n");
  return { key: `${views.length}x${axes.length}`, numbers, head };
}

/**
 * An elementwise kernel: `value` from v0, v1, …, the elements of `inputs`, which have the shape of `out` and any strides.
 * `i` is the element's index in row-major order.
 *
 * @param cells the cells to read the inputs from, if not the current contents of their blocks
 */
export function elementwise(
  heap: Heap,
  key: string,
  out: View,
  inputs: readonly View[],
  numbers: Readonly<Record<string, number>>,
  body: string,
  cells: readonly Cell[] = inputs.map(heap.cell),
): void {
  if (out.size === 0) return;
  const places = placesOf(inputs, out.shape);
  const arrays: Record<string, Cell> = {};
  let reads = "";
  for (const [k, cell] of cells.entries()) {
    arrays[`x${k}`] = cell;
    reads += `\n    const v${k} = at(x${k}, p${k});`;
  }
  launch(heap, out, {
    key: `${key}:${places.key}`,
    arrays,
    numbers: { ...numbers, ...places.numbers },
    body: `${places.head}${reads}\n    ${body}`,
  });
}
