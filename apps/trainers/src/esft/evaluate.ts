import { putAdapter } from "@deepgrain/esft";
import { loadModel, loadTokenizer, lossAndLoad, measuringBatches } from "@deepgrain/lm";
import { formatLoad } from "@deepgrain/moe";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { measuringNote } from "../run/packing-note";
import { answerTask, readEvaluationTask } from "./evaluation-task";
import type { evaluateFlags } from "./flags";
import { datasetFile, paddingOf } from "./task-records";

/** `esft evaluate`. */
export async function evaluate(
  values: Values<typeof evaluateFlags>,
  { write, progress, signal }: CommandContext,
) {
  const { model: folder, adapter, batchSize, maxNewTokens, out } = values;
  const tokenizer = await loadTokenizer(folder);
  const task = await readEvaluationTask(datasetFile(values.data, "eval"), tokenizer);
  const model = await loadModel(folder, { signal });
  if (adapter !== undefined) await putAdapter(model, adapter, { signal });
  const positions = model.config.maxPositionEmbeddings;
  const sequenceLength = Math.min(values.sequenceLength ?? positions, positions);
  const shape = { sequenceLength, batchSize, padTokenId: paddingOf(tokenizer) };
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
}
