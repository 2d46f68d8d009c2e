import { existsSync } from "node:fs";
import { join } from "node:path";
import { putAdapter } from "@deepgrain/esft";
import { type CausalLM, loadModel, readLora } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { isHubName } from "../flags/hub-name";
import type { Dtype } from "./weight-types";

const LORA = "adapter_config.json";

/**
 * Loads a model, with an adapter applied if one is given; or a LoRA folder, with the base model that it names.
 *
 * @param options.resolve converts the name of a base model to a path
 * @param folder of Hugging Face's files, or a GGUF file
 * @returns the model, and what holds its tokenizer
 * @throws {UsageError} for an adapter whose base is not named or does not exist; {LmError} as `loadModel`; as
 *   `putAdapter`
 */
export async function loadAdapted(
  folder: string,
  {
    adapter,
    dtype,
    resolve,
    signal,
  }: {
    adapter: string | undefined;
    /** Of the model's matrices in memory. An adapter needs float32, which auto then is. */
    dtype?: Dtype | undefined;
    resolve(path: string): string;
    signal: AbortSignal;
  },
): Promise<{ model: CausalLM; base: string }> {
  const has = (name: string) => existsSync(join(folder, name));
  if (has("config.json") || !has(LORA)) {
    const model = await loadModel(folder, { dtype, signal });
    if (adapter !== undefined) await putAdapter(model, adapter, { signal });
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
  const base = isHubName(baseModel) ? baseModel : resolve(baseModel);
  const wanted = /\.gguf$/i.test(base) ? base : join(base, "config.json");
  if (!isHubName(base) && !existsSync(wanted))
    throw new UsageError(`${folder} holds an adapter of ${base}, where no model is; ${hint}`);
  const model = await loadModel(base, { dtype: dtype === "auto" ? "float32" : dtype, signal });
  await putAdapter(model, folder, { signal });
  return { model, base };
}
