import { existsSync } from "node:fs";
import { join } from "node:path";
import { applyAdapter, type ExpertConfig } from "@deepgrain/esft";
import { applyLora, type CausalLM, readLora } from "@deepgrain/lm";

/**
 * Puts an adapter into a model: trained experts, or LoRA in PEFT's form (a folder with adapter_config.json).
 * @returns names of the overwritten weights, and the trained experts; null for LoRA
 * @throws {EsftError | LmError} when it is malformed or of another base model; the model is left as it was
 */
export async function putAdapter(
  model: CausalLM,
  folder: string,
  signal: AbortSignal,
): Promise<{ names: readonly string[]; experts: ExpertConfig["experts"] | null }> {
  if (existsSync(join(folder, "adapter_config.json"))) {
    const { names } = await applyLora(model, await readLora(folder, { signal }), { signal });
    return { names, experts: null };
  }
  const { config, weights } = await applyAdapter(model, folder, { signal });
  return { names: weights.names, experts: config.experts };
}
