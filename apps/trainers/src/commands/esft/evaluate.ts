import type { Metric } from "@deepgrain/esft";
import {
  type CausalLM,
  evaluate as evaluateModel,
  type LabelledBatch,
  loadModel,
  loadTokenizer,
} from "@deepgrain/lm";
import { formatLoad, type LayerLoad, monitorLoad } from "@deepgrain/moe";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { measuringBatches } from "../../job/measuring-batches";
import { answerTask } from "./answer-task";
import { readEvaluationTask } from "./evaluation-task";
import { putAdapter } from "./put-adapter";
import { adapterArg, dataArg, judgeArgs, modelArg, official, spreadArgs } from "./shared-args";
import { paddingId } from "./task-samples";

const metrics = ["auto", "none", "intent", "rouge-l", "chrf", "exact"] as const;

/** Hides the padding at the end of rows from the experts; it has no label. */
function withoutPadding(batch: LabelledBatch, padTokenId: number): LabelledBatch {
  const { ids, labels, batch: rows, length } = batch;
  const attentionMask = new Array<number>(ids.length).fill(1);
  for (let row = 0; row < rows; row++)
    for (let at = (row + 1) * length - 1; at > row * length; at--) {
      if (ids[at] !== padTokenId || labels?.[at] !== -100) break;
      attentionMask[at] = 0;
    }
  return { ...batch, attentionMask };
}

/** The mean loss, and how the layers used their experts meanwhile. */
async function lossAndLoad(
  model: CausalLM,
  batches: readonly LabelledBatch[],
  signal: AbortSignal,
): Promise<{ loss: number; tokens: number; load: LayerLoad[] }> {
  const monitor = monitorLoad(model.moeLayers.values());
  try {
    let [total, tokens] = [0, 0];
    for (const batch of batches) {
      const own = await evaluateModel(model, [batch], { signal });
      total += own.loss * own.tokens;
      tokens += own.tokens;
      await monitor.endStep();
    }
    // An expert counts as dead that no token of the whole task chose.
    const load = monitor.report().map((layer) => ({
      ...layer,
      dead: [...layer.counts.keys()].filter((expert) => layer.counts[expert] === 0),
    }));
    return { loss: total / tokens, tokens, load };
  } finally {
    monitor.dispose();
  }
}

export const evaluate = defineCliCommand({
  name: "evaluate",
  description:
    "Measures a model on a task, with or without an adapter: mean loss of the answers, a mark for its own answers, and how its experts are used.",
  examples: [
    "esft evaluate --model runs/main/base --data held-out.jsonl",
    "esft evaluate --model runs/main/base --adapter runs/main/adapter --data held-out.jsonl --json",
    "esft evaluate --model DIR --adapter DIR --data law.jsonl --out completions.jsonl",
  ],
  args: {
    model: modelArg,
    adapter: adapterArg(false),
    data: {
      ...dataArg("eval_dataset"),
      description: 'JSONL of {"messages"}, or of {"prompt", "answers"}',
    },
    metric: {
      type: "enum",
      options: [...metrics],
      default: "auto",
      description:
        "Mark for the model's own answers. auto: intent, summary, law and translation files have theirs by name, other files with prompts chrf, and conversations none",
    },
    "max-new-tokens": {
      type: "string",
      default: "128",
      alias: "max_new_tokens",
      description: "Longest answer",
    },
    answers: { type: "string", description: "Questions to answer at most. Default all" },
    out: {
      type: "string",
      writes: "file",
      valueHint: "file",
      alias: official("output_path"),
      description: "JSONL to write the answers to, each with its mark",
    },
    "batch-size": {
      type: "string",
      default: "8",
      alias: official("eval_batch_size"),
      description: "Sequences at once",
    },
    "sequence-length": { type: "string", default: "256", description: "Tokens in a sequence" },
    json: { type: "boolean", description: "The result as JSON" },
    ...spreadArgs,
    ...judgeArgs,
  },
  async run(args, { resolve, write, progress, signal }) {
    const batchSize = numberFlag("batch-size", args["batch-size"], { min: 1 })!;
    const sequenceLength = numberFlag("sequence-length", args["sequence-length"], { min: 2 })!;
    const maxNewTokens = numberFlag("max-new-tokens", args["max-new-tokens"], { min: 1 })!;
    const limit = numberFlag("answers", args.answers, { min: 1 });
    const folder = resolve(args.model);
    const tokenizer = await loadTokenizer(folder);
    const task = await readEvaluationTask(resolve(args.data), tokenizer);
    const model = await loadModel(folder, { signal });
    if (args.adapter !== undefined) await putAdapter(model, resolve(args.adapter), signal);
    const padTokenId = paddingId(tokenizer);
    const packed = measuringBatches(task.samples, { sequenceLength, batchSize, padTokenId });
    const batches = packed.map((batch) => withoutPadding(batch, padTokenId));
    const { loss, tokens, load } = await lossAndLoad(model, batches, signal);
    const metric = args.metric === "auto" ? (task.metric ?? "none") : args.metric;
    const out = args.out === undefined ? undefined : resolve(args.out);
    const options = { maxNewTokens, batchSize, limit, out, progress, signal };
    const answered =
      metric === "none"
        ? undefined
        : await answerTask(model, tokenizer, task, {
            metric: metric as Extract<Metric, string>,
            ...options,
          });
    const conversations = task.samples.length;
    const experts = load.map((layer) => ({ ...layer, counts: Array.from(layer.counts) }));
    if (args.json) {
      write(`${JSON.stringify({ loss, tokens, conversations, ...answered, experts })}\n`);
      return;
    }
    write(`loss ${loss.toFixed(4)} nats a token, ${tokens} tokens\n`);
    if (answered) write(`${metric} ${answered.mean.toFixed(4)}, ${answered.answers} answers\n`);
    if (load.length > 0) write(`${formatLoad(load)}\n`);
  },
});
