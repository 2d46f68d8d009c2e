import type { Agreement } from "../agreement";
import { padded } from "../layouts";
import { EDGE_SIZES, pairs } from "../numbers";
import { FORMULA, FUNCTION } from "../tolerances";

/** SwiGLU, whose gate and up usually are the two halves of one row. */
export function swigluCases({ agrees }: Agreement): void {
  const shapes = pairs(pairs([1, 3, 8], EDGE_SIZES), [0, 5]);
  agrees("swiglu takes any row stride", FUNCTION, shapes, (s, [shape, gap]) => {
    const layout = padded(gap);
    const [gate, up] = [s.input(shape, { layout }), s.input(shape, { layout })];
    s.kernels.swiglu(s.output(shape), gate, up);
  });
  agrees("swigluGrad takes any row stride", FORMULA, shapes, (s, [shape, gap]) => {
    const layout = padded(gap);
    const [gate, up] = [s.input(shape, { layout }), s.input(shape, { layout })];
    const [dgate, dup] = [s.output(shape, { layout }), s.output(shape, { layout })];
    s.kernels.swigluGrad(dgate, dup, s.input(shape), gate, up);
  });
  agrees("swiglu takes the halves of one matrix", FORMULA, [1, 4, 7, 32, 65], (s, n) => {
    const rows = 5;
    const halves = (view: ReturnType<typeof s.input>) =>
      [0, n].map((shift) => ({
        ...view,
        offset: view.offset + shift,
        shape: [rows, n],
        size: rows * n,
      }));
    const [gate, up] = halves(s.input([rows, 2 * n]));
    const [dgate, dup] = halves(s.output([rows, 2 * n]));
    s.kernels.swiglu(s.output([rows, n]), gate!, up!);
    s.kernels.swigluGrad(dgate!, dup!, s.input([rows, n]), gate!, up!);
  });
  agrees("swiglu is whole on large matrices", FORMULA, [[513, 257]], (s, shape) => {
    const [gate, up] = [s.input(shape), s.input(shape)];
    s.kernels.swiglu(s.output(shape), gate, up);
    s.kernels.swigluGrad(s.output(shape), s.output(shape), s.input(shape), gate, up);
  });
}
