import { existsSync } from "node:fs";
import { join } from "node:path";
import { applyAdapter, type ExpertConfig } from "@deepgrain/esft";
import { applyLora, type CausalLM, loadModel, readLora } from "@deepgrain/lm";
import { UsageError } from "../cli/usage-error";

const LORA = "adapter_config.json";

/**
 * Applies an adapter to a model: trained experts, or LoRA in PEFT's form (a folder with adapter_config.json).
 * @returns names of the overwritten weights, and the trained experts; null for LoRA
 * @throws {EsftError | LmError} when it is malformed or of another base model; the model is left as it was
 */
export async function putAdapter(
  model: CausalLM,
  folder: string,
  signal: AbortSignal,
): Promise<{ names: readonly string[]; experts: ExpertConfig["experts"] | null }> {
  if (existsSync(join(folder, LORA))) {
    const { names } = await applyLora(model, await readLora(folder, { signal }), { signal });
    return { names, experts: null };
  }
  const { config, weights } = await applyAdapter(model, folder, { signal });
  return { names: weights.names, experts: config.experts };
}

/**
 * Loads a model folder, with an adapter applied if one is given; or a LoRA folder, with the base model that it names.
 *
 * @param options.resolve converts the name of a base model to a path
 * @returns the model, and the folder that holds its tokenizer
 * @throws {UsageError} for an adapter whose base is not named or does not exist; {LmError} as `loadModel`; as
 *   {@link putAdapter}
 */
export async function loadAdapted(
  folder: string,
  {
    adapter,
    resolve,
    signal,
  }: { adapter: string | undefined; resolve(path: string): string; signal: AbortSignal },
): Promise<{ model: CausalLM; base: string }> {
  const has = (name: string) => existsSync(join(folder, name));
  if (has("config.json") || !has(LORA)) {
    const model = await loadModel(folder, { signal });
    if (adapter !== undefined) await putAdapter(model, adapter, signal);
    return { model, base: folder };
  }
  const hint = `give --model BASE --adapter ${folder}`;
  if (adapter !== undefined)
    throw new UsageError(
      `--model must hold a model where --adapter is given; ${folder} holds an adapter`,
    );
  const { baseModel } = (await readLora(folder, { signal })).config;
  if (baseModel === null)
    throw new UsageError(`${folder} holds an adapter that names no base model; ${hint}`);
  const base = resolve(baseModel);
  if (!existsSync(join(base, "config.json")))
    throw new UsageError(`${folder} holds an adapter of ${base}, where no model is; ${hint}`);
  const model = await loadModel(base, { signal });
  await putAdapter(model, folder, signal);
  return { model, base };
}
