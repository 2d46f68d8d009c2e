import type { DType } from "../../../../src/backend/view";
import type { Agreement } from "../agreement";
import { LAYOUT_NAMES, LAYOUTS, repeated } from "../layouts";
import { EDGE_SIZES, pairs, SPECIALS } from "../numbers";
import { EXACT } from "../tolerances";

const DTYPES: DType[] = ["float32", "int32", "bool"];
const SHAPES = [[], [1], [5], [3, 4], [4, 3], [9, 17], [2, 3, 5], [2, 1, 3, 4], [33, 65], [0, 3]];

export function memoryCases({ agrees }: Agreement): void {
  agrees("fill writes every element", EXACT, pairs(EDGE_SIZES, DTYPES), (s, [n, dtype]) =>
    s.kernels.fill(s.output([n], { dtype }), 1),
  );
  agrees("fill knows NaN, infinities and -0", EXACT, SPECIALS, (s, value) =>
    s.kernels.fill(s.output([7]), value),
  );
  agrees("fill is whole on large blocks", EXACT, [100_001], (s, n) =>
    s.kernels.fill(s.output([n]), -1.5),
  );

  const layouts = pairs(SHAPES, pairs(LAYOUT_NAMES, LAYOUT_NAMES));
  agrees("copy takes any strides on both sides", EXACT, layouts, (s, [shape, [from, to]]) => {
    const x = s.input(shape, { layout: LAYOUTS[from] });
    s.kernels.copy(s.output(shape, { layout: LAYOUTS[to] }), x);
  });
  const axes = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]];
  agrees("copy repeats along strides of 0", EXACT, axes, (s, repeatedAxes) => {
    const x = s.input([3, 5, 9], { layout: repeated(...repeatedAxes) });
    s.kernels.copy(s.output([3, 5, 9]), x);
  });
  agrees("copy permutes axes", EXACT, permutations([0, 1, 2, 3]), (s, order) => {
    const layout = (shape: readonly number[]) => {
      const strides = new Array<number>(shape.length);
      let stride = 1;
      for (const axis of order) {
        strides[axis] = stride;
        stride *= shape[axis]!;
      }
      return strides;
    };
    s.kernels.copy(s.output([5, 4, 9, 6]), s.input([5, 4, 9, 6], { layout }));
  });
  agrees("copy is whole on large matrices", EXACT, LAYOUT_NAMES, (s, from) =>
    s.kernels.copy(s.output([257, 259]), s.input([257, 259], { layout: LAYOUTS[from] })),
  );
  const values = [-2.7, -2, -0.5, -0, 0, 0.5, 1, 1.9, 2.5, 1e6, -1e9, 2 ** 24 + 2];
  agrees(
    "copy converts between element types",
    EXACT,
    pairs(pairs(DTYPES, DTYPES), LAYOUT_NAMES),
    (s, [[from, to], layout]) => {
      const shape = [3, values.length];
      const repeatedValues = [...values, ...values, ...values].map((x) =>
        from === "float32" ? x : from === "int32" ? Math.trunc(x) : Number(x !== 0),
      );
      const x = s.input(shape, { dtype: from, values: repeatedValues, layout: LAYOUTS[layout] });
      s.kernels.copy(s.output(shape, { dtype: to }), x);
    },
  );
  agrees("copy keeps NaN and infinities, which as bool are true", EXACT, DTYPES, (s, to) => {
    const values = to === "int32" ? [1.5] : SPECIALS;
    s.kernels.copy(s.output([values.length], { dtype: to }), s.input([values.length], { values }));
  });
}

function permutations(items: number[]): number[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
