import { takeTurn } from "@deepgrain/support";
import { functionOf, having, iterableOf, LmError, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "./causal-lm";

/** Weights of a model that were overwritten, with their original values. */
export interface ReplacedWeights {
  readonly names: readonly string[];
  /** Bytes of the kept originals. */
  readonly originalBytes: number;
  /** Restores the originals bit for bit, and drops them. A second call does nothing. */
  restore(): void;
}

const replaced = new WeakMap<object, ReplacedWeights>();

/** True while an adapter is applied to the model. */
export const hasReplacedWeights = (model: object): boolean =>
  replaced.has(having("hasReplacedWeights", "model", model));

/**
 * Overwrites weights one at a time, keeping the originals. If anything fails or is aborted, all are restored.
 *
 * @param next gives the new value of a weight, from its old one
 * @throws {LmError} `ERR_STATE` when weights of the model are replaced already; `ERR_SHAPE` when a size differs;
 *   whatever `next` throws; the signal's reason
 */
export async function replaceWeights(
  model: Pick<CausalLM, "readWeight" | "writeWeight">,
  names: readonly string[],
  next: (name: string, old: Float32Array) => Promise<Float32Array> | Float32Array,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ReplacedWeights> {
  const { signal, ...rest } = optionsOf("replaceWeights", options);
  refuseUnknown("replaceWeights", rest);
  having("replaceWeights", "model", model, "readWeight", "writeWeight");
  iterableOf("replaceWeights", "names", names);
  functionOf("replaceWeights", "next", next);
  if (replaced.has(model))
    throw new LmError(
      "ERR_STATE",
      "lm/replaceWeights: an adapter is applied to this model; remove it first, or switch",
    );
  const originals = new Map<string, Float32Array>();
  const restore = () => {
    if (replaced.get(model) !== handle) return;
    for (const [name, data] of originals) model.writeWeight(name, data);
    originals.clear();
    replaced.delete(model);
  };
  const handle: ReplacedWeights = {
    names,
    get originalBytes() {
      return [...originals.values()].reduce((sum, data) => sum + data.byteLength, 0);
    },
    restore,
  };
  replaced.set(model, handle);
  try {
    for (const name of names) {
      await takeTurn();
      signal?.throwIfAborted();
      const { data: old } = await model.readWeight(name);
      const data = await next(name, old);
      if (data.length !== old.length)
        throw new LmError(
          "ERR_SHAPE",
          `lm/replaceWeights: ${name} must have ${old.length} numbers, got ${data.length}`,
          { fields: { name } },
        );
      originals.set(name, old);
      model.writeWeight(name, data);
    }
  } catch (error) {
    restore();
    throw error;
  }
  return handle;
}
