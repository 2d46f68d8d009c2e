import { having, optionsOf, refuseUnknown } from "../errors";
import type { MoeLayout } from "../families/moe-layout";
import type { ExpertConfig } from "./expert-config";

/** The cost of a configuration, before anything is trained. */
export interface AdapterSize {
  /** Parameters in the trained routed experts. */
  readonly routedParameters: number;
  /** Parameters in the shared experts, if they are trained. */
  readonly sharedParameters: number;
  /** File size of both. */
  readonly storedBytes: number;
  /** Gradients and AdamW's two moments in float32 for both, 12 bytes per parameter. */
  readonly trainingBytes: number;
}

/**
 * Trained parameters and bytes of a configuration: 3·hidden·expertSize parameters per expert. Modules outside the
 * experts are not counted.
 *
 * @param options.bytesPerParameter of the stored file. Default 2 (bfloat16)
 */
export function adapterSize(
  expertConfig: ExpertConfig,
  layout: Pick<MoeLayout, "hiddenSize" | "expertSize" | "nShared">,
  options: { bytesPerParameter?: number | undefined } = {},
): AdapterSize {
  const { experts, sharedExperts } = having(
    "adapterSize",
    "expertConfig",
    expertConfig,
    "experts",
    "sharedExperts",
    "nonExpertModules",
  );
  const { bytesPerParameter = 2, ...rest } = optionsOf("adapterSize", options);
  refuseUnknown("adapterSize", rest);
  const perExpert = 3 * layout.hiddenSize * layout.expertSize;
  const count = [...experts.values()].reduce((sum, chosen) => sum + chosen.length, 0);
  const routedParameters = count * perExpert;
  const sharedParameters = sharedExperts ? experts.size * layout.nShared * perExpert : 0;
  const parameters = routedParameters + sharedParameters;
  return {
    routedParameters,
    sharedParameters,
    storedBytes: parameters * bytesPerParameter,
    trainingBytes: parameters * 12,
  };
}
