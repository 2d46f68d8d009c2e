import { loadModel, saveModel } from "@deepgrain/lm";
import { defineCliCommand } from "../../cli/define-command";
import { UsageError } from "../../cli/usage-error";
import { copyTokenizer } from "../../formats/copy-tokenizer";
import { saveFolder } from "../../store/save-folder";
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
    out: {
      type: "string",
      required: true,
      valueHint: "dir",
      description: "Folder to write; replaced when it exists",
    },
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, { resolve, write, signal }) {
    const [folder, adapter, out] = [args.model, args.adapter, args.out].map(resolve) as [
      string,
      string,
      string,
    ];
    if (out === folder || out === adapter)
      throw new UsageError("--out must be a folder of its own");
    const model = await loadModel(folder, { signal });
    const { names, experts } = await putAdapter(model, adapter, signal);
    await saveFolder(out, async (path) => {
      await saveModel(path, model);
      await copyTokenizer(folder, path);
    });
    const changed = { ...(experts && { experts: Object.fromEntries(experts) }) };
    write(
      args.json ? `${JSON.stringify({ out, ...changed, weights: names.length })}\n` : `${out}\n`,
    );
  },
});
