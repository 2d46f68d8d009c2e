import type { ArithmeticOp, CompareOp } from "../../../../src/backend/kernels";
import type { DType } from "../../../../src/backend/view";
import type { Agreement } from "../agreement";
import { LAYOUTS, type Layout, repeated } from "../layouts";
import { EDGE_SIZES, pairs, SPECIALS } from "../numbers";
import { EXACT, FUNCTION, ROUNDING } from "../tolerances";

const FLOAT_OPS: ArithmeticOp[] = [
  "add",
  "sub",
  "mul",
  "div",
  "pow",
  "maximum",
  "minimum",
  "remainder",
];
const COMPARE_OPS: CompareOp[] = ["eq", "ne", "lt", "le", "gt", "ge"];
const DTYPES: DType[] = ["float32", "int32", "bool"];

/** Layouts of the two operands of a [6, 9] result, as broadcasting and slicing make them. */
const OPERANDS: Record<string, [Layout, Layout]> = {
  same: [LAYOUTS.contiguous, LAYOUTS.contiguous],
  "scalar right": [LAYOUTS.contiguous, repeated(0, 1)],
  "scalar left": [repeated(0, 1), LAYOUTS.contiguous],
  "scalars on both sides": [repeated(0, 1), repeated(0, 1)],
  "row right": [LAYOUTS.contiguous, repeated(0)],
  "row left": [repeated(0), LAYOUTS.contiguous],
  "column right": [LAYOUTS.contiguous, repeated(1)],
  "column left": [repeated(1), LAYOUTS.contiguous],
  "outer product": [repeated(1), repeated(0)],
  "transposed right": [LAYOUTS.contiguous, LAYOUTS.transposed],
  "transposed both": [LAYOUTS.transposed, LAYOUTS.transposed],
  "padded left": [LAYOUTS.padded, LAYOUTS.contiguous],
  "stepped and reversed": [LAYOUTS.stepped, LAYOUTS.reversed],
  "padded and a column": [LAYOUTS.padded, repeated(1)],
};
const OPERAND_NAMES = Object.keys(OPERANDS);

const toleranceOf = (op: ArithmeticOp) =>
  op === "maximum" || op === "minimum" ? EXACT : op === "pow" ? FUNCTION : ROUNDING;
const boundsOf = (op: ArithmeticOp) => (op === "pow" ? { low: 0.1, high: 3 } : {});

export function binaryCases(agreement: Agreement): void {
  const { agrees } = agreement;
  for (const op of FLOAT_OPS) {
    const tolerance = toleranceOf(op);
    agrees(`${op} is right for every length`, tolerance, EDGE_SIZES, (s, n) => {
      const [a, b] = [s.input([n], boundsOf(op)), s.input([n], boundsOf(op))];
      s.kernels.arithmetic(op, s.output([n]), a, b);
    });
    const shapes = [
      [6, 9],
      [1, 1],
      [5, 33],
      [3, 64],
      [2, 3],
    ];
    agrees(`${op} broadcasts`, tolerance, pairs(OPERAND_NAMES, shapes), (s, [name, shape]) => {
      const [left, right] = OPERANDS[name]!;
      const a = s.input(shape, { layout: left, ...boundsOf(op) });
      const b = s.input(shape, { layout: right, ...boundsOf(op) });
      s.kernels.arithmetic(op, s.output(shape), a, b);
    });
    agrees(`${op} treats special values as IEEE 754 does`, tolerance, [0], (s) => {
      const n = SPECIALS.length;
      const values = pairs(SPECIALS, SPECIALS);
      const a = s.input([n, n], { values: values.map(([x]) => x) });
      const b = s.input([n, n], { values: values.map(([, x]) => x) });
      s.kernels.arithmetic(op, s.output([n, n]), a, b);
    });
    integerCases(agreement, op);
  }
  broadcastingCases(agreement);
  choiceCases(agreement);
  agrees("addScaled adds in place", ROUNDING, pairs(EDGE_SIZES, [1, -0.5, 0]), (s, [n, scale]) =>
    s.kernels.addScaled(
      s.inout([n], { low: 1, high: 2 }),
      s.input([n], { low: -0.5, high: 0.5 }),
      scale,
    ),
  );
  agrees("addScaled is whole on large arrays", ROUNDING, [70_003], (s, n) =>
    s.kernels.addScaled(s.inout([n], { low: 2, high: 3 }), s.input([n], { low: -1, high: 1 }), 0.5),
  );
}

function integerCases({ agrees }: Agreement, op: ArithmeticOp): void {
  agrees(`${op} keeps int32 exact`, EXACT, OPERAND_NAMES, (s, name) => {
    const [left, right] = OPERANDS[name]!;
    const isPower = op === "pow";
    const a = s.input([6, 9], {
      dtype: "int32",
      layout: left,
      low: isPower ? -9 : -60_000,
      high: isPower ? 9 : 60_000,
    });
    const b = s.input([6, 9], {
      dtype: "int32",
      layout: right,
      low: isPower ? 0 : 1,
      high: isPower ? 9 : 40_000,
    });
    s.kernels.arithmetic(op, s.output([6, 9], { dtype: "int32" }), a, b);
  });
  agrees(`${op} takes large and negative int32`, EXACT, [0], (s) => {
    const numbers = [1, -1, 2, -2, 3, -3, 7, -7, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31) + 1];
    const all = pairs(numbers, op === "pow" ? [0, 1, 2, 3, 31] : numbers);
    const a = s.input([all.length], { dtype: "int32", values: all.map(([x]) => x) });
    const b = s.input([all.length], { dtype: "int32", values: all.map(([, x]) => x) });
    s.kernels.arithmetic(op, s.output([all.length], { dtype: "int32" }), a, b);
  });
}

function broadcastingCases({ agrees }: Agreement): void {
  const inner = [[0], [1], [2], [0, 2], [0, 1], [1, 2]];
  agrees("arithmetic broadcasts over three axes", ROUNDING, pairs(inner, inner), (s, [a, b]) => {
    const shape = [4, 5, 7];
    const left = s.input(shape, { layout: repeated(...a) });
    s.kernels.arithmetic("mul", s.output(shape), left, s.input(shape, { layout: repeated(...b) }));
  });
  agrees("arithmetic takes scalars and empty shapes", ROUNDING, [[], [0], [3, 0, 2]], (s, shape) =>
    s.kernels.arithmetic("add", s.output(shape), s.input(shape), s.input(shape)),
  );
  agrees("arithmetic may write over an input", ROUNDING, ["left", "right"], (s, side) => {
    const [out, other] = [s.inout([7, 11]), s.input([7, 11], { layout: repeated(0) })];
    if (side === "left") s.kernels.arithmetic("sub", out, out, other);
    else s.kernels.arithmetic("sub", out, other, out);
  });
  agrees("arithmetic is whole on large arrays", ROUNDING, OPERAND_NAMES, (s, name) => {
    const [left, right] = OPERANDS[name]!;
    const shape = [257, 259];
    const [a, b] = [s.input(shape, { layout: left }), s.input(shape, { layout: right })];
    s.kernels.arithmetic("add", s.output(shape), a, b);
  });
}

function choiceCases({ agrees }: Agreement): void {
  const comparisons = pairs(pairs(COMPARE_OPS, DTYPES), OPERAND_NAMES);
  agrees("compare is right for every op, type and layout", EXACT, comparisons, (s, parameters) => {
    const [[op, dtype], name] = parameters;
    const [left, right] = OPERANDS[name]!;
    // Few distinct numbers, so that equals occur.
    const values = (random: () => number) =>
      Array.from({ length: 54 }, () => Math.floor(random() * (dtype === "bool" ? 2 : 4)));
    const a = s.input([6, 9], { dtype, layout: left, values: values(s.random) });
    const b = s.input([6, 9], { dtype, layout: right, values: values(s.random) });
    s.kernels.compare(op, s.output([6, 9], { dtype: "bool" }), a, b);
  });
  agrees("compare finds NaN unequal to everything", EXACT, COMPARE_OPS, (s, op) => {
    const all = pairs(SPECIALS, SPECIALS);
    const a = s.input([all.length], { values: all.map(([x]) => x) });
    const b = s.input([all.length], { values: all.map(([, x]) => x) });
    s.kernels.compare(op, s.output([all.length], { dtype: "bool" }), a, b);
  });
  agrees("compare is right for every length", EXACT, EDGE_SIZES, (s, n) =>
    s.kernels.compare("lt", s.output([n], { dtype: "bool" }), s.input([n]), s.input([n])),
  );
  agrees(
    "where is right for every type and layout",
    EXACT,
    pairs(DTYPES, OPERAND_NAMES),
    (s, p) => {
      const [dtype, name] = p;
      const [left, right] = OPERANDS[name]!;
      const condition = s.input([6, 9], { dtype: "bool", layout: right });
      const [a, b] = [
        s.input([6, 9], { dtype, layout: left }),
        s.input([6, 9], { dtype, layout: right }),
      ];
      s.kernels.where(s.output([6, 9], { dtype }), condition, a, b);
    },
  );
  agrees("where is right for every length", EXACT, [...EDGE_SIZES, 70_003], (s, n) => {
    const condition = s.input([n], { dtype: "bool" });
    s.kernels.where(s.output([n]), condition, s.input([n]), s.input([n]));
  });
  agrees("where takes nothing of the branch not chosen", EXACT, [0], (s) => {
    const values = SPECIALS.map(() => Number.NaN);
    const n = values.length;
    const condition = s.input([n], { dtype: "bool", values: values.map((_, i) => i % 2) });
    s.kernels.where(
      s.output([n]),
      condition,
      s.input([n], { values: SPECIALS }),
      s.input([n], { values }),
    );
  });
}
