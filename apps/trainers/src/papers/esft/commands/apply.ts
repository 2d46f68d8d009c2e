import { existsSync } from "node:fs";
import { join } from "node:path";
import { applyAdapter, type ExpertConfig } from "@deepgrain/esft";
import { applyLora, type CausalLM, loadModel, readLora, saveModel } from "@deepgrain/lm";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { copyTokenizer } from "../../../models/copy-tokenizer";
import { modelOutFlag } from "../../../models/model-out-flag";
import { assertReplaceable, replaceModel } from "../../../store/replace-model";
import { adapterFlag, modelFlag } from "./task-flags";

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

export const apply = defineCommand({
  description:
    "Puts an adapter (trained experts, or LoRA in PEFT's form) into a model and writes the result as a model folder.",
  examples: ["esft apply --model runs/main/base --adapter runs/main/adapter --out specialised"],
  flags: {
    model: modelFlag,
    adapter: flags.folder({ ...adapterFlag, required: true }),
    out: modelOutFlag,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ model: folder, adapter, out, json }, { write, signal }) {
    await assertReplaceable(out, [folder, adapter]); // now, not after minutes of work
    const model = await loadModel(folder, { signal });
    const { names, experts } = await putAdapter(model, adapter, signal);
    await replaceModel(out, [folder, adapter], async (path) => {
      await saveModel(path, model);
      await copyTokenizer(folder, path);
    });
    const changed = { ...(experts && { experts: Object.fromEntries(experts) }) };
    write(json ? `${JSON.stringify({ out, ...changed, weights: names.length })}\n` : `${out}\n`);
  },
});
