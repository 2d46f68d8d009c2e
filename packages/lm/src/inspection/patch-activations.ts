import { type Tensor, tensor, where } from "@deepgrain/tensor-gpu";
import { LmError, oneOf, optionsOf, refuseUnknown } from "../errors";
import type { ModelHooks } from "../model/hooks";

/** Which part of an activation is replaced; an omitted axis means all of it. */
export interface PatchPlace {
  /** Blocks from 0, −1 for the embeddings. */
  layers?: readonly number[] | undefined;
  /** Tokens; of `scores` and `pattern` the rows, which are queries. */
  positions?: readonly number[] | undefined;
  /** Heads, where there are any. */
  heads?: readonly number[] | undefined;
  /** Columns of `scores` and `pattern`. */
  keys?: readonly number[] | undefined;
}

/** Axes of each kind of activation. */
const axes = {
  stream: { positions: 1 },
  heads: { positions: 1, heads: 2 },
  square: { heads: 1, positions: 2, keys: 3 },
} as const;

const kinds: Record<keyof ModelHooks, keyof typeof axes> = {
  residual: "stream",
  residualMiddle: "stream",
  attentionOutput: "stream",
  mlpOutput: "stream",
  query: "heads",
  key: "heads",
  value: "heads",
  headOutput: "heads",
  scores: "square",
  pattern: "square",
};

/** True along an axis at the selected indices, with size 1 on all other axes. */
function axisMask(x: Tensor, axis: number, wanted: readonly number[], what: string): Tensor {
  const size = x.shape[axis]!;
  const mask = new Int32Array(size);
  for (const index of wanted) {
    if (!Number.isSafeInteger(index) || index < 0 || index >= size)
      throw new LmError(
        "ERR_RANGE",
        `lm/patchActivations: ${what} must be from 0 to ${size - 1}, got ${index}`,
        { fields: { [what]: index, size } },
      );
    mask[index] = 1;
  }
  const shape = x.shape.map((_, i) => (i === axis ? size : 1));
  return tensor(mask, { dtype: "bool", shape });
}

/**
 * Hooks that replace a part of an activation: by that of another run (patching), by 0 (ablation, knock-out), or by any
 * other value.
 *
 * @param name place of the activation
 * @param value a number, or a tensor of the activation's shape, or a function that computes either from the activation,
 *   such as its mean
 * @param options which part; default all of it in every layer
 * @throws {LmError} `ERR_RANGE` for an index outside the activation, `ERR_SHAPE` for heads or keys where there are none;
 *   during the forward pass
 */
export function patchActivations(
  name: keyof ModelHooks,
  value: number | Tensor | ((x: Tensor, layer: number) => number | Tensor),
  options: PatchPlace = {},
): ModelHooks {
  const { layers, positions, heads, keys, ...rest } = optionsOf("patchActivations", options);
  refuseUnknown("patchActivations", rest);
  oneOf("patchActivations", "name", name, Object.keys(kinds));
  const parts = { positions, heads, keys };
  const of: Readonly<Partial<Record<keyof typeof parts, number>>> = axes[kinds[name]];
  const chosen = (Object.keys(parts) as (keyof typeof parts)[]).filter((key) => parts[key]);
  const wrong = chosen.find((key) => of[key] === undefined);
  if (wrong !== undefined)
    throw new LmError("ERR_SHAPE", `lm/patchActivations: ${name} has no ${wrong} to choose from`, {
      fields: { name, part: wrong },
    });
  return {
    [name]: (x: Tensor, { layer }: { layer: number }) => {
      if (layers && !layers.includes(layer)) return undefined;
      const masks = chosen.map((key) => axisMask(x, of[key]!, parts[key]!, key));
      const put = typeof value === "function" ? value(x, layer) : value;
      const everywhere = tensor(Int32Array.of(1), { dtype: "bool", shape: x.shape.map(() => 1) });
      const mask = masks.reduce((a, b) => a.logicalAnd(b), everywhere);
      return where(mask, put, x);
    },
  };
}
