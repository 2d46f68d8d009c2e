import { loadModel, saveModel } from "@deepgrain/lm";
import { copyTokenizer } from "@deepgrain/studies/shared/training/copy-tokenizer";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { modelOutFlags } from "../run/model-out-flag";
import { putAdapter } from "../run/put-adapter";
import { assertReplaceable, replaceModel } from "../store/replace-model";
import { adapterFlag, modelFlag } from "./task-flags";

export const apply = defineCommand({
  description:
    "Puts an adapter (trained experts, or LoRA in PEFT's form) into a model and writes the result as a model folder.",
  examples: ["esft apply --model runs/main/base --adapter runs/main/adapter --out specialised"],
  flags: {
    model: modelFlag,
    adapter: flags.folder({ ...adapterFlag, required: true }),
    ...modelOutFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ model: folder, adapter, out, overwrite, json }, { write, signal }) {
    const target = { out, overwrite, command: "esft apply", inputs: [folder, adapter] };
    await assertReplaceable(target); // now, not after minutes of work
    const model = await loadModel(folder, { signal });
    const { names, experts } = await putAdapter(model, adapter, signal);
    await replaceModel(target, async (path) => {
      await saveModel(path, model);
      await copyTokenizer(folder, path);
    });
    const changed = { ...(experts && { experts: Object.fromEntries(experts) }) };
    write(json ? `${JSON.stringify({ out, ...changed, weights: names.length })}\n` : `${out}\n`);
  },
});
