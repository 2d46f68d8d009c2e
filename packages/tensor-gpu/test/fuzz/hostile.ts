/** @file Turns the arguments of a valid call into hostile ones, whatever the operator. */
import type { Draw } from "./draw";
import { type Arguments, MapPlan, sizeOf, TensorPlan } from "./plans";

/** No sizes in between: those would only take time and memory. */
const NUMBERS: readonly unknown[] = [
  ...[Number.NaN, Infinity, -Infinity, -1, -2, -300, 0, 1, 2, 3, 5, 7, 0.5, 1.5, -0.5],
  ...[2 ** 45, -(2 ** 45), -(2 ** 60), 1e300, 1e-40],
  ...[undefined, null, "3", "x", "", {}, [], [2], true, 3n, () => 3],
];
const OTHERS: readonly unknown[] = [undefined, null, 0, 3, "x", [], [1, 2], {}, true];
const FAKE_TENSOR = { shape: [2], strides: [1], offset: 0, size: 2, dtype: "float32", storage: {} };
const INDICES = [-300, -2, -1, 0, 1, 4, 5, 400, 65_536, 2 ** 31 - 1, -(2 ** 31)];
const FLOATS = [Number.NaN, Infinity, -Infinity, 1e38, -1e38, 1e-40, 0, 2 ** 31];

const withEntry = <T>(items: readonly T[], at: number, item: T): T[] =>
  items.map((other, i) => (i === at ? item : other));

function hostileShape(draw: Draw, plan: TensorPlan): TensorPlan {
  const { shape } = plan;
  const axis = draw.int(0, Math.max(0, shape.length - 1));
  const changed = draw.pick([
    shape.slice(1),
    shape.slice(0, -1),
    [...shape, 1],
    [2, ...shape],
    [],
    [0],
    withEntry(shape, axis, 0),
    withEntry(shape, axis, 1),
    withEntry(shape, axis, (shape[axis] ?? 0) + 1),
    [...shape].reverse(),
  ]);
  const { values } = plan;
  const filled = Array.from({ length: sizeOf(changed) }, (_, i) => values[i % values.length] ?? 1);
  return plan.with({ shape: changed, values: filled });
}

function hostileValues(draw: Draw, plan: TensorPlan): TensorPlan {
  const pool = plan.dtype === "float32" ? FLOATS : INDICES;
  const at = draw.int(0, Math.max(0, plan.values.length - 1));
  return plan.with({ values: withEntry(plan.values, at, draw.pick(pool)) });
}

function hostileTensor(draw: Draw, plan: TensorPlan): unknown {
  switch (draw.int(0, 7)) {
    case 0:
    case 1:
      return hostileShape(draw, plan);
    case 2:
    case 3:
      return hostileValues(draw, plan);
    case 4: {
      const dtype = draw.pick(["float32", "int32", "bool"] as const);
      const values = plan.values.map((x) => (dtype === "bool" ? Number(x !== 0) : x | 0));
      return plan.with({ dtype, values, requiresGrad: false });
    }
    case 5:
      return plan.with({ state: draw.pick(["disposed", "elsewhere"] as const) });
    case 6:
      return plan.shape.length > 0
        ? plan.with({ layout: draw.pick(["repeated", "spread", "transposed", "offset"] as const) })
        : plan;
    default:
      return draw.pick([...OTHERS, FAKE_TENSOR]);
  }
}

function hostileList(draw: Draw, items: readonly unknown[]): unknown {
  const at = draw.int(0, Math.max(0, items.length - 1));
  return draw.pick<unknown>([
    items.slice(1),
    items.slice(0, -1),
    [...items, ...items.slice(-1)],
    [...items, draw.pick(NUMBERS)],
    withEntry(items, at, draw.pick(NUMBERS)),
    [],
    ...OTHERS,
  ]);
}

/** The value itself made hostile, or something inside it. */
export function hostile(draw: Draw, value: unknown): unknown {
  if (value instanceof TensorPlan) return hostileTensor(draw, value);
  if (value instanceof MapPlan) {
    if (draw.chance(0.3)) return draw.pick(OTHERS);
    const at = draw.int(0, Math.max(0, value.entries.length - 1));
    const [key, item] = value.entries[at] ?? [0, undefined];
    const entry = draw.chance(0.5)
      ? ([draw.pick(NUMBERS), item] as const)
      : ([key, hostile(draw, item)] as const);
    return new MapPlan(withEntry(value.entries, at, entry));
  }
  if (Array.isArray(value)) {
    if (value.length === 0 || draw.chance(0.5)) return hostileList(draw, value);
    const at = draw.int(0, value.length - 1);
    return withEntry(value, at, hostile(draw, value[at]));
  }
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value);
    if (keys.length === 0) return value;
    const key = draw.pick(keys);
    return { ...value, [key]: hostile(draw, (value as Record<string, unknown>)[key]) };
  }
  return draw.pick(typeof value === "number" ? NUMBERS : OTHERS);
}

/** Arguments of which one or two are hostile; one case in five stays valid. Options objects stay objects. */
export function hostileArguments(draw: Draw, valid: Arguments): Arguments {
  let args = [...valid];
  const changes = draw.chance(0.2) ? 0 : draw.chance(0.25) ? 2 : 1;
  for (let i = 0; i < changes && args.length > 0; i++) {
    const at = draw.int(0, args.length - 1);
    args = withEntry(args, at, hostile(draw, args[at]));
  }
  return args;
}
