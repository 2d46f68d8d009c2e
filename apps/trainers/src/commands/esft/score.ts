import { createTraceWriter, scoreExperts, writeExpertScores } from "@deepgrain/esft";
import { type EncodedChat, loadModel, loadTokenizer } from "@deepgrain/lm";
import { defineCliCommand } from "../../cli/define-command";
import { nextTurn } from "../../cli/next-turn";
import { numberFlag } from "../../cli/number-flag";
import { dataArg, modelArg, official } from "./shared-args";
import { taskSamples } from "./task-samples";

export const score = defineCliCommand({
  name: "score",
  description: "Reads a task with a model and measures how much of it goes to each expert.",
  examples: [
    "esft score --model runs/main/base --data task.jsonl --out scores/task",
    "esft score --model DIR --data task.jsonl --out scores/task --sample-tokens 8192 --trace",
  ],
  args: {
    model: modelArg,
    data: dataArg("eval_dataset"),
    out: {
      type: "string",
      required: true,
      valueHint: "dir",
      alias: official("output_dir"),
      description: "Folder for summary.json",
    },
    "sample-tokens": {
      type: "string",
      default: "131072",
      alias: official("n_sample_tokens"),
      description: "Stop after so many tokens",
    },
    trace: { type: "boolean", description: "Write expert_weights_<layer>.txt files too" },
    seed: { type: "string", default: "0", description: "Decides the order of the conversations" },
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, { resolve, write, progress, signal }) {
    const nSampleTokens = numberFlag("sample-tokens", args["sample-tokens"], { min: 1 })!;
    const seed = numberFlag("seed", args.seed)!;
    const [folder, out] = [resolve(args.model), resolve(args.out)];
    const model = await loadModel(folder, { signal });
    const samples = await taskSamples(resolve(args.data), await loadTokenizer(folder), seed);
    const trace = args.trace ? await createTraceWriter(out) : undefined;
    const longest = model.config.maxPositionEmbeddings;
    const events = scoreExperts(model, samples, {
      run({ inputIds }: EncodedChat) {
        const ids = inputIds.slice(-longest);
        return model.hiddenStates({ ids, batch: 1, length: ids.length });
      },
      nSampleTokens,
      signal,
      ...(trace && { record: trace.record }),
    });
    const task = progress.task("Scoring experts");
    try {
      for await (const event of events) {
        await nextTurn();
        if (event.type === "sample-end") {
          task.update(event.tokens / nSampleTokens, `${event.tokens} tokens`);
          continue;
        }
        await writeExpertScores(out, event.scores);
        await trace?.close();
        const { samples: read, tokens } = event;
        task.end(`${tokens} tokens of ${read} conversations`);
        write(args.json ? `${JSON.stringify({ out, samples: read, tokens })}\n` : `${out}\n`);
      }
    } catch (error) {
      await trace?.discard();
      throw error;
    }
  },
});
