import {
  checkExpertConfig,
  EsftError,
  type ExpertConfig,
  layoutFromConfig,
  readExpertConfig,
} from "@deepgrain/esft";
import type { ModelConfig } from "@deepgrain/lm";
import type { MemoryRun } from "@deepgrain/moe";
import type { Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import type { TuningMethod } from "../../../training/tuning-method";

/** Flags that say what is trained. */
export const methodFlags = {
  method: flags.choice(["esft", "full", "lora"], {
    default: "esft",
    help: "Chosen experts, all weights, or low-rank factors of all linear weights",
  }),
  expertConfig: flags.file({ help: "expert_cfg.json; needed for --method esft" }),
  auxLoss: flags.toggle({
    help: "Keep the balance losses; by default only where --expert-config trains routers too",
    negated: "Train without balance losses",
  }),
  loraRank: flags.whole({ min: 1, default: 8, help: "Rank of the factors" }),
  loraAlpha: flags.real({
    help: "Their product is scaled by alpha/rank; twice the rank by default",
  }),
};

export type MethodFlags = Values<typeof methodFlags>;

const trainsNothing = ({ experts, sharedExperts, nonExpertModules }: ExpertConfig): boolean =>
  !sharedExperts && !nonExpertModules && [...experts.values()].every((ids) => ids.length === 0);

/**
 * What the flags ask for.
 * @throws {UsageError} for `esft` without a configuration; {EsftError} naming file and key where that does not fit the model,
 *   or trains nothing
 */
export async function methodOf(
  { method, expertConfig: file, loraRank: rank, loraAlpha: alpha = 2 * rank }: MethodFlags,
  model: ModelConfig,
): Promise<TuningMethod> {
  if (method === "full") return { kind: "full" };
  if (method === "lora") return { kind: "lora", rank, alpha };
  if (file === undefined) throw new UsageError("--method esft needs --expert-config");
  const config = await readExpertConfig(file);
  const { moeLayers, nRouted } = layoutFromConfig(model.source);
  checkExpertConfig(config, new Map(moeLayers.map((layer) => [layer, nRouted])), { file });
  if (!trainsNothing(config)) return { kind: "experts", config };
  throw new EsftError(
    "ERR_MISSING",
    `esft/train: ${file}: experts must name at least one expert unless shared_experts or non_expert_modules is true`,
    { file, key: "experts" },
  );
}

/** What is trained, as far as memory goes; factors of LoRA are not counted. */
export function trainedParts(method: TuningMethod): NonNullable<MemoryRun["trained"]> {
  if (method.kind === "full") return {};
  if (method.kind === "lora") return { experts: 0, sharedExperts: false, others: false };
  const { experts, sharedExperts, nonExpertModules: others } = method.config;
  const count = [...experts.values()].reduce((sum, ids) => sum + ids.length, 0);
  return { experts: count / Math.max(1, experts.size), sharedExperts, others };
}
