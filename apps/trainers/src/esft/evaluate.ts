import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { formatLoad } from "@deepgrain/moe";
import { measuringBatches } from "@deepgrain/studies/shared/training/measuring-batches";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { lossAndLoad } from "../run/loss-and-load";
import { measuringNote } from "../run/packing-note";
import { putAdapter } from "../run/put-adapter";
import { datasetFile } from "./dataset-file";
import { answerTask, readEvaluationTask } from "./evaluation-task";
import { paddingId } from "./padding-id";
import { adapterFlag, dataFlag, modelFlag, spreadFlags } from "./task-flags";

const metrics = ["auto", "none", "intent", "rouge-l", "chrf", "exact"] as const;

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
    adapter: flags.folder(adapterFlag),
    data: dataFlag("eval_dataset", 'JSONL of {"messages"}, or of {"prompt", "answers"}'),
    metric: flags.choice(metrics, {
      default: "auto",
      help: "Score for the model's own answers. auto: intent, summary, law and translation files have theirs by name, other files with prompts chrf, and conversations none",
    }),
    maxNewTokens: flags.whole({ min: 1, default: 128, help: "Longest answer in tokens" }),
    answers: flags.whole({ min: 1, help: "Maximum number of questions to answer; all by default" }),
    out: flags.outFile({
      official: "output_path",
      help: "JSONL to write the answers to, each with its score",
    }),
    batchSize: flags.whole({
      min: 1,
      default: 8,
      official: "eval_batch_size",
      help: "Sequences per batch",
    }),
    sequenceLength: flags.whole({
      min: 2,
      help: "Longest conversation that is measured, in tokens; longer ones are counted. Default: the model's positions",
    }),
    json: flags.flag({ help: "Print the result as JSON" }),
    ...spreadFlags,
    openaiApiKey: flags.idle({ because: "no judging model is asked" }),
  },
  async run(values, { write, progress, signal }) {
    const { model: folder, adapter, batchSize, maxNewTokens, out } = values;
    const tokenizer = await loadTokenizer(folder);
    const task = await readEvaluationTask(datasetFile(values.data, "eval"), tokenizer);
    const model = await loadModel(folder, { signal });
    if (adapter !== undefined) await putAdapter(model, adapter, signal);
    const positions = model.config.maxPositionEmbeddings;
    const sequenceLength = Math.min(values.sequenceLength ?? positions, positions);
    const shape = { sequenceLength, batchSize, padTokenId: paddingId(tokenizer) };
    const { batches, conversations, tooLong } = measuringBatches(task.samples, shape);
    const unmeasured = measuringNote({ conversations, tooLong }, sequenceLength);
    if (unmeasured) progress.note(unmeasured);
    const { loss, tokens, load } = await lossAndLoad(model, batches, { signal });
    const metric = values.metric === "auto" ? (task.metric ?? "none") : values.metric;
    const options = { maxNewTokens, batchSize, limit: values.answers, out, progress, signal };
    const answered =
      metric === "none"
        ? undefined
        : await answerTask(model, tokenizer, task, { metric, ...options });
    const experts = load.map((layer) => ({ ...layer, counts: Array.from(layer.counts) }));
    if (values.json) {
      write(`${JSON.stringify({ loss, tokens, conversations, tooLong, ...answered, experts })}\n`);
      return;
    }
    write(
      `loss ${loss.toFixed(4)} nats per token, ${tokens} tokens of ${conversations - tooLong} conversations\n`,
    );
    if (answered) write(`${metric} ${answered.mean.toFixed(4)}, ${answered.answers} answers\n`);
    if (load.length > 0) write(`${formatLoad(load)}\n`);
  },
});
