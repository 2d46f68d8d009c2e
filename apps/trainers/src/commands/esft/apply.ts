import { loadModel, saveModel } from "@deepgrain/lm";
import { defineCliCommand } from "../../cli/define-command";
import { copyTokenizer } from "../../formats/copy-tokenizer";
import { assertReplaceable, replaceModel } from "../../store/replace-model";
import { modelOutArg } from "../model-out-arg";
import { putAdapter } from "./put-adapter";
import { adapterArg, modelArg } from "./shared-args";

export const apply = defineCliCommand({
  name: "apply",
  description:
    "Puts an adapter (trained experts, or LoRA in PEFT's form) into a model and writes the result as a model folder.",
  examples: ["esft apply --model runs/main/base --adapter runs/main/adapter --out specialised"],
  args: {
    model: modelArg,
    adapter: adapterArg(true),
    out: modelOutArg,
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, { resolve, write, signal }) {
    const [folder, adapter, out] = [args.model, args.adapter, args.out].map(resolve) as [
      string,
      string,
      string,
    ];
    await assertReplaceable(out, [folder, adapter]); // now, not after minutes of work
    const model = await loadModel(folder, { signal });
    const { names, experts } = await putAdapter(model, adapter, signal);
    await replaceModel(out, [folder, adapter], async (path) => {
      await saveModel(path, model);
      await copyTokenizer(folder, path);
    });
    const changed = { ...(experts && { experts: Object.fromEntries(experts) }) };
    write(
      args.json ? `${JSON.stringify({ out, ...changed, weights: names.length })}\n` : `${out}\n`,
    );
  },
});
