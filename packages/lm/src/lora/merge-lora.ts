import type { NamedTensor, NamedTensors } from "@deepgrain/tensor-gpu";
import { having, LmError, mapOf, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { type ReplacedWeights, replaceWeights } from "../model/replaced-weights";
import { addLoraDelta, type Lora } from "./lora-delta";

const weightOf = (module: string): string => `${module}.weight`;

function find(weights: ReadonlyMap<string, NamedTensor>, name: string): NamedTensor {
  const weight = weights.get(name);
  if (weight) return weight;
  throw new LmError("ERR_MISMATCH", `lm/mergeLora: the base model must have a weight ${name}`, {
    fields: { name },
  });
}

async function changed(
  weights: ReadonlyMap<string, NamedTensor>,
  lora: Lora,
  sign: 1 | -1,
): Promise<NamedTensors> {
  const merged: NamedTensors = new Map(weights);
  for (const module of lora.factors.keys()) {
    const weight = find(weights, weightOf(module));
    const data = await addLoraDelta(lora, module, weight, sign);
    merged.set(weightOf(module), { shape: weight.shape, data });
  }
  return merged;
}

/**
 * Named weights with an adapter merged in: W + (alpha/r)·B·A, and the whole modules that it stores. The input stays as it is;
 * tensors that do not change are shared.
 *
 * @throws {LmError} `ERR_MISMATCH` when the weights lack one that the adapter changes, `ERR_SHAPE` when shapes differ
 */
export async function mergeLora(
  weights: ReadonlyMap<string, NamedTensor>,
  lora: Lora,
): Promise<NamedTensors> {
  mapOf("mergeLora", "weights", weights);
  having("mergeLora", "lora", lora, "config", "factors", "saved");
  const merged = await changed(weights, lora, 1);
  for (const [name, tensor] of lora.saved) {
    checkSameShape(name, find(weights, name).shape, tensor.shape);
    merged.set(name, tensor);
  }
  return merged;
}

/**
 * Named weights with a merged adapter removed again: W − (alpha/r)·B·A, equal to the base within rounding. Whole
 * modules cannot be removed; to restore a base model bit for bit, use `applyLora`.
 *
 * @throws {LmError} as `mergeLora`; `ERR_STATE` when the adapter stores whole modules
 */
export async function unmergeLora(
  weights: ReadonlyMap<string, NamedTensor>,
  lora: Lora,
): Promise<NamedTensors> {
  mapOf("unmergeLora", "weights", weights);
  having("unmergeLora", "lora", lora, "config", "factors", "saved");
  const [whole] = lora.saved.keys();
  if (whole !== undefined)
    throw new LmError(
      "ERR_STATE",
      `lm/unmergeLora: ${whole} was replaced whole; what it was before is not known`,
      { fields: { name: whole } },
    );
  return changed(weights, lora, -1);
}

/**
 * Merges an adapter into a model's weights, keeping the originals.
 * @returns a handle whose `restore()` restores them bit for bit
 * @throws {LmError} as `mergeLora`; `ERR_STATE` when an adapter is applied already
 */
export async function applyLora(
  model: Pick<CausalLM, "weightNames" | "readWeight" | "writeWeight">,
  lora: Lora,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ReplacedWeights> {
  const { signal, ...rest } = optionsOf("applyLora", options);
  refuseUnknown("applyLora", rest);
  having("applyLora", "model", model, "weightNames", "readWeight", "writeWeight");
  having("applyLora", "lora", lora, "config", "factors", "saved");
  const known = new Set(model.weightNames());
  const modules = new Map([...lora.factors.keys()].map((module) => [weightOf(module), module]));
  const names = [...modules.keys(), ...lora.saved.keys()];
  for (const name of names) if (!known.has(name)) find(new Map(), name);
  return replaceWeights(
    model,
    names,
    async (name, old) => {
      const { shape } = await model.readWeight(name);
      const module = modules.get(name);
      if (module !== undefined) return addLoraDelta(lora, module, { shape, data: old });
      const whole = lora.saved.get(name)!;
      checkSameShape(name, shape, whole.shape);
      return whole.data;
    },
    { signal },
  );
}

function checkSameShape(name: string, wanted: readonly number[], shape: readonly number[]): void {
  if (wanted.join() !== shape.join())
    throw new LmError(
      "ERR_SHAPE",
      `lm/lora: ${name} must have shape [${wanted.join(", ")}], got [${shape.join(", ")}]`,
      { fields: { name, shape, wanted } },
    );
}
