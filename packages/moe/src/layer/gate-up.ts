import { cat, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having, MoeError } from "../errors";

/**
 * The gate and up matrices of stacked experts, as views into the stack.
 * @param stack [experts, 2f, d], or [2f, d] for one expert
 * @returns two tensors of [experts, f, d], or [f, d]
 * @throws {MoeError} `ERR_SHAPE` when the second last axis is odd or missing
 */
export function splitGateUp(stack: Tensor): { gate: Tensor; up: Tensor } {
  having("splitGateUp", "stack", stack, "shape");
  const rows = stack.shape.at(-2);
  if (stack.rank < 2 || rows === undefined || rows % 2 !== 0)
    throw new MoeError(
      "ERR_SHAPE",
      `moe/splitGateUp: the second last axis must be even, got shape [${stack.shape.join(", ")}]`,
      { fields: { shape: stack.shape } },
    );
  return { gate: stack.narrow(-2, 0, rows / 2), up: stack.narrow(-2, rows / 2, rows / 2) };
}

/**
 * One stack from gate and up matrices: a copy whose upper rows are the gate's.
 * @param gate [..., f, d]
 * @param up the shape of `gate`
 * @returns [..., 2f, d]
 * @throws {MoeError} `ERR_SHAPE` when the shapes differ
 */
export function mergeGateUp(gate: Tensor, up: Tensor): Tensor {
  having("mergeGateUp", "gate", gate, "shape");
  having("mergeGateUp", "up", up, "shape");
  if (gate.rank < 2 || gate.rank !== up.rank || gate.shape.some((n, axis) => n !== up.shape[axis]))
    throw new MoeError(
      "ERR_SHAPE",
      `moe/mergeGateUp: gate and up must have one shape, got [${gate.shape.join(", ")}] and [${up.shape.join(", ")}]`,
      { fields: { gate: gate.shape, up: up.shape } },
    );
  return tidy(() => cat([gate, up], -2));
}
