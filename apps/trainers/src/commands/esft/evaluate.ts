import { applyAdapter } from "@deepgrain/esft";
import { evaluate as evaluateModel, loadModel, loadTokenizer } from "@deepgrain/lm";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { measuringBatches } from "../../job/measuring-batches";
import { adapterArg, dataArg, modelArg } from "./shared-args";
import { paddingId, taskSamples } from "./task-samples";

export const evaluate = defineCliCommand({
  name: "evaluate",
  description: "Measures a model's mean loss on the answers of a task, with or without an adapter.",
  examples: [
    "esft evaluate --model runs/main/base --data held-out.jsonl",
    "esft evaluate --model runs/main/base --adapter runs/main/adapter --data held-out.jsonl --json",
  ],
  args: {
    model: modelArg,
    adapter: adapterArg(false),
    data: dataArg("eval_dataset"),
    "batch-size": { type: "string", default: "8", description: "Sequences at once" },
    "sequence-length": { type: "string", default: "256", description: "Tokens in a sequence" },
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, { resolve, write, signal }) {
    const batchSize = numberFlag("batch-size", args["batch-size"], { min: 1 })!;
    const sequenceLength = numberFlag("sequence-length", args["sequence-length"], { min: 2 })!;
    const folder = resolve(args.model);
    const tokenizer = await loadTokenizer(folder);
    const samples = await taskSamples(resolve(args.data), tokenizer, 0);
    const model = await loadModel(folder, { signal });
    if (args.adapter !== undefined) await applyAdapter(model, resolve(args.adapter), { signal });
    const shape = { sequenceLength, batchSize, padTokenId: paddingId(tokenizer) };
    const { loss, tokens } = await evaluateModel(model, measuringBatches(samples, shape), {
      signal,
    });
    const result = { loss, tokens, conversations: samples.length };
    write(
      args.json
        ? `${JSON.stringify(result)}\n`
        : `loss ${loss.toFixed(4)} nats a token, ${tokens} tokens\n`,
    );
  },
});
