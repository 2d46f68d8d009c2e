import { compactBytes, getBackend, memory } from "@deepgrain/tensor-gpu";
import type { ModelConfig } from "../config";
import { having, LmError } from "../errors";
import { weightPlan } from "./weight-plan";

/** The types in which a model's matrices can be stored in memory. */
export type WeightType = "float32" | "bfloat16" | "int8";

export const weightTypes: readonly WeightType[] = ["float32", "bfloat16", "int8"];

/** Matrices that stay float32: routers, which choose by small differences, and what latent attention reads along both axes. */
const staysFloat32 = /\.(gate|shared_expert_gate|kv_b_proj)\.weight$/;

/** Bytes of a model's weights in memory, computed from its configuration. */
export function modelBytes(config: ModelConfig, dtype: WeightType): number {
  having("modelBytes", "config", config, "modelType");
  let bytes = 0;
  for (const [name, shape] of weightPlan(config)) {
    const isMatrix = shape.length >= 2 && shape.every((size) => size > 1);
    // GPT-2's matrices are stored as [in, out] and multiplied as [out, in].
    const isSwapped = config.modelType === "gpt2" && /\.c_\w+\.weight$/.test(name);
    const rows = isSwapped ? [...shape].reverse() : shape;
    bytes +=
      dtype === "float32" || !isMatrix || staysFloat32.test(name)
        ? 4 * shape.reduce((a, b) => a * b, 1)
        : compactBytes(dtype, rows);
  }
  return bytes;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

/**
 * Compares the size of a model's weights with the free memory of the current backend, before any is allocated.
 * @throws {LmError} `ERR_MEMORY` with the sizes at each type
 */
export function assertFits(config: ModelConfig, dtype: WeightType): void {
  const { maximumBytes } = getBackend();
  if (maximumBytes === undefined) return;
  const room = maximumBytes - memory().bytes;
  const sizes = Object.fromEntries(weightTypes.map((type) => [type, modelBytes(config, type)]));
  if (sizes[dtype]! <= room) return;
  const list = weightTypes.map((type) => `${gigabytes(sizes[type]!)} as ${type}`).join(", ");
  const fitting = weightTypes.find((type) => sizes[type]! <= room);
  throw new LmError(
    "ERR_MEMORY",
    `lm/loadModel: the weights do not fit as ${dtype}: they take ${list}, and there is room for ${gigabytes(room)}${fitting ? `; pass dtype: "${fitting}"` : ""}`,
    { fields: { dtype, sizes, room } },
  );
}
