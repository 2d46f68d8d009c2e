import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { measuredBatches, measuringNote } from "@deepgrain/command-line/trainings/packing-note";
import { answerTask, putAdapter, readEvaluationTask, writeCompletions } from "@deepgrain/esft";
import { loadModel, loadTokenizer, lossAndLoad } from "@deepgrain/lm";
import { formatLoad } from "@deepgrain/moe";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { evaluateFlags } from "./flags";
import { datasetFile, paddingOf } from "./task-records";

/** `esft evaluate`. */
export const evaluate: RunCommand<typeof evaluateFlags> = async (
  values,
  { write, progress, signal },
) => {
  const { model: folder, adapter, batchSize, maxNewTokens, out, dtype } = values;
  if (adapter !== undefined && dtype !== "float32")
    throw new UsageError("--adapter needs --dtype float32");
  const tokenizer = await loadTokenizer(folder);
  const task = await readEvaluationTask(datasetFile(values.data, "eval"), tokenizer);
  const model = await loadModel(folder, { dtype, signal });
  if (adapter !== undefined) await putAdapter(model, adapter, { signal });
  const positions = model.config.maxPositionEmbeddings;
  const sequenceLength = Math.min(values.sequenceLength ?? positions, positions);
  const shape = { sequenceLength, batchSize, padTokenId: paddingOf(tokenizer) };
  const { batches, conversations, tooLong } = measuredBatches(shuffled(task.samples, 0), shape);
  const unmeasured = measuringNote({ conversations, tooLong }, sequenceLength);
  if (unmeasured) progress.note(unmeasured);
  const { loss, tokens, load } = await lossAndLoad(model, batches, { signal });
  const metric = values.metric === "auto" ? (task.metric ?? "none") : values.metric;
  const answer = async (metric: Exclude<typeof values.metric, "auto" | "none">) => {
    if (maxNewTokens >= positions)
      throw new UsageError(
        `--max-new-tokens must be below the model's ${positions} positions, got ${maxNewTokens}`,
      );
    const { length } = task.questions.slice(0, values.answers);
    if (length === 0) throw new UsageError("--data has no conversation that ends with an answer");
    const drawn = progress.task("Answering");
    const onAnswer = (n: number) => drawn.update(n / length, `${n} of ${length}`);
    const options = { metric, maxNewTokens, batchSize, limit: length, onAnswer, signal };
    const { mean, completions } = await answerTask(model, tokenizer, task, options);
    drawn.end(`${length} questions`);
    await out?.fill((path) => writeCompletions(path, completions));
    return { metric, mean, answers: length };
  };
  const answered = metric === "none" ? undefined : await answer(metric);
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
};
