import type { Tensor } from "@deepgrain/tensor-gpu";
import { LmError, listOf, optionsOf, refuseUnknown } from "../errors";
import type { ModelHooks } from "../model/hooks";

/** Activations of a forward pass by place and layer. */
export interface RecordedActivations {
  /** To be passed to the forward pass; later passes replace what earlier ones recorded. */
  hooks: ModelHooks;
  /**
   * An activation of the last pass, with its gradient path. It lives as long as the scope in which the pass ran.
   * @throws {LmError} `ERR_MISSING` when it was not recorded
   */
  get(name: keyof ModelHooks, layer: number): Tensor;
}

/**
 * Hooks that keep activations for later, as a cache of a run: to look at, to differentiate by (`grad(loss, [tensor])`), or to
 * put into another run.
 *
 * @param names places to record
 * @param options.layers layers to record, −1 for the embeddings; default all
 */
export function recordActivations(
  names: readonly (keyof ModelHooks)[],
  options: { layers?: readonly number[] | undefined } = {},
): RecordedActivations {
  const { layers, ...rest } = optionsOf("recordActivations", options);
  refuseUnknown("recordActivations", rest);
  listOf("recordActivations", "names", names);
  const found = new Map<string, Tensor>();
  const hooks: ModelHooks = {};
  for (const name of names)
    hooks[name] = (x, { layer }) => {
      if (!layers || layers.includes(layer)) found.set(`${name} ${layer}`, x);
      return undefined;
    };
  return {
    hooks,
    get(name, layer) {
      const tensor = found.get(`${name} ${layer}`);
      if (tensor) return tensor;
      throw new LmError(
        "ERR_MISSING",
        `lm/recordActivations: ${name} of layer ${layer} was not recorded`,
        { fields: { name, layer } },
      );
    },
  };
}
