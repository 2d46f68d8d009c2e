import type { Metric } from "@deepgrain/esft";
import {
  type CausalLM,
  type Evaluation,
  evaluate as evaluateModel,
  ignoreIndex,
  type LabelledBatch,
  loadModel,
  loadTokenizer,
} from "@deepgrain/lm";
import { formatLoad, type LayerLoad, monitorLoad } from "@deepgrain/moe";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { measuringBatches } from "../../../training/measuring-batches";
import { answerTask } from "./answer-task";
import { readEvaluationTask } from "./evaluation-task";
import { putAdapter } from "./put-adapter";
import { adapterFlag, dataFlag, modelFlag, spreadFlags } from "./shared-flags";
import { paddingId } from "./task-samples";

const metrics = ["auto", "none", "intent", "rouge-l", "chrf", "exact"] as const;

/** Hides the padding at the end of rows from the experts; it has no label. */
function withoutPadding(batch: LabelledBatch, padTokenId: number): LabelledBatch {
  const { ids, labels, length } = batch;
  const attentionMask = new Array<number>(ids.length).fill(1);
  for (let end = length; end <= ids.length; end += length)
    for (let at = end - 1; at > end - length; at--) {
      if (ids[at] !== padTokenId || labels?.[at] !== ignoreIndex) break;
      attentionMask[at] = 0;
    }
  return { ...batch, attentionMask };
}

/** The mean loss, and how the layers used their experts meanwhile. */
async function lossAndLoad(
  model: CausalLM,
  batches: readonly LabelledBatch[],
  signal: AbortSignal,
): Promise<Evaluation & { load: LayerLoad[] }> {
  const monitor = monitorLoad(model.moeLayers.values());
  async function* counted() {
    for (const [i, batch] of batches.entries()) {
      if (i > 0) await monitor.endStep();
      yield batch;
    }
  }
  try {
    const measured = await evaluateModel(model, counted(), { signal });
    await monitor.endStep();
    // An expert counts as dead that no token of the whole task chose.
    const load = monitor.report().map((layer) => ({
      ...layer,
      dead: [...layer.counts.keys()].filter((expert) => layer.counts[expert] === 0),
    }));
    return { ...measured, load };
  } finally {
    monitor.dispose();
  }
}

export const evaluate = defineCommand({
  description:
    "Measures a model on a task, with or without an adapter: mean loss of the answers, a score for its own answers, and how its experts are used.",
  examples: [
    "esft evaluate --model runs/main/base --data held-out.jsonl",
    "esft evaluate --model runs/main/base --adapter runs/main/adapter --data held-out.jsonl --json",
    "esft evaluate --model DIR --adapter DIR --data law.jsonl --out completions.jsonl",
  ],
  flags: {
    model: modelFlag,
    adapter: adapterFlag,
    data: dataFlag("eval_dataset", 'JSONL of {"messages"}, or of {"prompt", "answers"}'),
    metric: flags.choice(metrics, {
      default: "auto",
      help: "Score for the model's own answers. auto: intent, summary, law and translation files have theirs by name, other files with prompts chrf, and conversations none",
    }),
    maxNewTokens: flags.whole({ min: 1, default: 128, help: "Longest answer in tokens" }),
    answers: flags.whole({ min: 1, help: "Maximum number of questions to answer; all by default" }),
    out: flags.file({
      writes: "file",
      official: "output_path",
      help: "JSONL to write the answers to, each with its score",
    }),
    batchSize: flags.whole({
      min: 1,
      default: 8,
      official: "eval_batch_size",
      help: "Sequences per batch",
    }),
    sequenceLength: flags.whole({ min: 2, default: 256, help: "Tokens per sequence" }),
    json: flags.flag({ help: "Print the result as JSON" }),
    ...spreadFlags,
    openaiApiKey: flags.idle({ because: "no judging model is asked" }),
  },
  async run(values, { write, progress, signal }) {
    const { model: folder, adapter, batchSize, sequenceLength, maxNewTokens, out } = values;
    const tokenizer = await loadTokenizer(folder);
    const task = await readEvaluationTask(values.data, tokenizer);
    const model = await loadModel(folder, { signal });
    if (adapter !== undefined) await putAdapter(model, adapter, signal);
    const padTokenId = paddingId(tokenizer);
    const packed = measuringBatches(task.samples, { sequenceLength, batchSize, padTokenId });
    const batches = packed.map((batch) => withoutPadding(batch, padTokenId));
    const { loss, tokens, load } = await lossAndLoad(model, batches, signal);
    const metric = values.metric === "auto" ? (task.metric ?? "none") : values.metric;
    const options = { maxNewTokens, batchSize, limit: values.answers, out, progress, signal };
    const isKnown = (name: string): name is Extract<Metric, string> => name !== "none";
    const answered = isKnown(metric)
      ? await answerTask(model, tokenizer, task, { metric, ...options })
      : undefined;
    const conversations = task.samples.length;
    const experts = load.map((layer) => ({ ...layer, counts: Array.from(layer.counts) }));
    if (values.json) {
      write(`${JSON.stringify({ loss, tokens, conversations, ...answered, experts })}\n`);
      return;
    }
    write(`loss ${loss.toFixed(4)} nats per token, ${tokens} tokens\n`);
    if (answered) write(`${metric} ${answered.mean.toFixed(4)}, ${answered.answers} answers\n`);
    if (load.length > 0) write(`${formatLoad(load)}\n`);
  },
});
