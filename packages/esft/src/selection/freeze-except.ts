import { EsftError, having, optionsOf, refuseUnknown } from "../errors";
import type { RoutedLayer } from "../routed-model";
import { checkExpertConfig } from "./check-expert-config";
import type { ExpertConfig } from "./expert-config";

/** The part of a model's interface that freezing needs. */
export interface FreezableModel {
  readonly moeLayers: ReadonlyMap<number, RoutedLayer>;
  requireGrad(value: boolean): unknown;
  /** Tensors by name; those of attached low-rank factors are recognised by it. */
  namedTensors?(): Iterable<readonly [name: string, tensor: unknown]>;
}

/** Options of {@link freezeExcept}. */
export interface FreezeOptions {
  /**
   * Whether layers keep attaching their balance losses. Default: only when routers are trained; with a frozen router such a
   * loss reaches only earlier experts, through activations. The official code leaves it on.
   */
  keepAuxLoss?: boolean | undefined;
}

/**
 * Freezes a model except the experts of a configuration (and its shared experts or other modules, if it includes them).
 * Frozen weights get no gradient, no optimiser state and no decay, and are excluded from gradient clipping; `train` of
 * `@deepgrain/lm` does not move a frozen router's balancing bias; tokens are still routed to all experts, and gradients
 * flow through. Create the optimiser afterwards.
 *
 * @returns a function that makes the complete model trainable again
 * @throws {EsftError} as `checkExpertConfig`, and `ERR_STATE` while low-rank factors are attached, before anything is changed
 * @see Wang et al. 2024 (ESFT), "Expert Selection and Fine-tuning"
 */
export function freezeExcept(
  model: FreezableModel,
  config: ExpertConfig,
  options: FreezeOptions = {},
): () => void {
  const { keepAuxLoss: kept, ...rest } = optionsOf("freezeExcept", options);
  refuseUnknown("freezeExcept", rest);
  having("freezeExcept", "model", model, "moeLayers", "requireGrad");
  having("freezeExcept", "config", config, "experts");
  checkExpertConfig(config, model.moeLayers);
  const keepAuxLoss = kept ?? config.nonExpertModules;
  for (const [name] of model.namedTensors?.() ?? [])
    if (/(^|\.)lora[A-Z]\w*$/.test(name))
      throw new EsftError(
        "ERR_STATE",
        `esft/freezeExcept: low-rank factors are attached (${name}); merge or detach them first, or attach them to chosen experts by targetModules`,
        { fields: { name } },
      );
  const before = Array.from(model.moeLayers.values(), (layer) => ({
    layer,
    auxLoss: layer.auxLoss,
  }));
  model.requireGrad(config.nonExpertModules);
  for (const [number, layer] of model.moeLayers) {
    layer.sharedExperts?.requireGrad(config.sharedExperts);
    layer.trainOnly(config.experts.get(number)!);
    if (!keepAuxLoss && layer.auxLoss !== undefined) layer.auxLoss = "off";
  }
  return () => {
    model.requireGrad(true);
    for (const { layer, auxLoss } of before) {
      layer.trainOnly(null);
      if (auxLoss !== undefined) layer.auxLoss = auxLoss;
    }
  };
}
