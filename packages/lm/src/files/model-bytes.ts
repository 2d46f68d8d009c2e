import { type CompactType, compactBytes, getBackend, memory } from "@deepgrain/tensor-gpu";
import type { ModelConfig } from "../config";
import { having, LmError } from "../errors";
import { weightPlan } from "./weight-plan";

/** The types to which a model's matrices can be converted in memory. */
export type WeightType = "float32" | "bfloat16" | "int8" | "q4_0";

/** The types in which matrices can be held: these, and those of files. */
export type HeldType = "float32" | CompactType;

export const weightTypes: readonly WeightType[] = ["float32", "bfloat16", "int8", "q4_0"];

/** Matrices that stay float32: routers, which choose by small differences, and what latent attention reads along both axes. */
const staysFloat32 = /\.(gate|shared_expert_gate|kv_b_proj)\.weight$/;

/** Bytes of a model's weights in memory, each matrix of the type that `typeOf` says. */
function bytesOf(config: ModelConfig, typeOf: (name: string) => HeldType): number {
  let bytes = 0;
  for (const [name, shape] of weightPlan(config)) {
    const isMatrix = shape.length >= 2 && shape.every((size) => size > 1);
    // GPT-2's matrices are stored as [in, out] and multiplied as [out, in].
    const isSwapped = config.modelType === "gpt2" && /\.c_\w+\.weight$/.test(name);
    const rows = isSwapped ? [...shape].reverse() : shape;
    const type = isMatrix && !staysFloat32.test(name) ? typeOf(name) : "float32";
    bytes += type === "float32" ? 4 * shape.reduce((a, b) => a * b, 1) : compactBytes(type, rows);
  }
  return bytes;
}

/** Bytes of a model's weights in memory, computed from its configuration. */
export function modelBytes(config: ModelConfig, dtype: WeightType): number {
  having("modelBytes", "config", config, "modelType");
  return bytesOf(config, () => dtype);
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

/**
 * Compares the size of a model's weights with the free memory of the current backend, before any is allocated.
 * @param held the type of all matrices, or that of each by its name
 * @throws {LmError} `ERR_MEMORY` with the sizes at each type
 */
export function assertFits(
  config: ModelConfig,
  held: WeightType | ReadonlyMap<string, HeldType>,
): void {
  const { maximumBytes } = getBackend();
  if (maximumBytes === undefined) return;
  const room = maximumBytes - memory().bytes;
  const dtype = typeof held === "string" ? held : "auto";
  const sizes: Record<string, number> = Object.fromEntries(
    weightTypes.map((type) => [type, modelBytes(config, type)]),
  );
  if (typeof held !== "string") sizes.auto = bytesOf(config, (name) => held.get(name) ?? "float32");
  if (sizes[dtype]! <= room) return;
  const names = Object.keys(sizes);
  const list = names.map((type) => `${gigabytes(sizes[type]!)} as ${type}`).join(", ");
  const fitting = names.filter((type) => sizes[type]! <= room);
  throw new LmError(
    "ERR_MEMORY",
    `lm/loadModel: the weights do not fit as ${dtype}: they take ${list}, and there is room for ${gigabytes(room)}${fitting[0] ? `; pass dtype: ${fitting.map((type) => `"${type}"`).join(" or ")}` : ""}`,
    { fields: { dtype, sizes, room } },
  );
}
