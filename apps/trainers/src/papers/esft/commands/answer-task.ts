import { evaluatePredictions, type Metric, writeCompletions } from "@deepgrain/esft";
import type { CausalLM, Tokenizer } from "@deepgrain/lm";
import type { Progress } from "../../../cli/progress";
import { UsageError } from "../../../cli/usage-error";
import { type AnswerOptions, answerPrompts } from "../../../training/answer-prompts";
import type { EvaluationTask } from "./evaluation-task";

export interface AnswerTaskOptions extends Pick<AnswerOptions, "maxNewTokens" | "signal"> {
  metric: Extract<Metric, string>;
  batchSize: number;
  /** Questions to answer at most. */
  limit: number | undefined;
  /** File for the completions. */
  out: string | undefined;
  progress: Progress;
}

/**
 * Lets a model answer a task's questions, marks the answers, and writes them in the official form.
 * @returns how many were answered, and their mean mark, from 0 to 1
 * @throws {UsageError} when the task has no questions or the model no place for the answers
 */
export async function answerTask(
  model: CausalLM,
  tokenizer: Tokenizer,
  { questions }: EvaluationTask,
  { metric, limit, out, progress, ...options }: AnswerTaskOptions,
) {
  const asked = questions.slice(0, limit);
  if (asked.length === 0)
    throw new UsageError("--data has no conversation that ends with an answer");
  const room = model.config.maxPositionEmbeddings - options.maxNewTokens;
  if (room < 1)
    throw new UsageError(
      `--max-new-tokens must be below the model's ${model.config.maxPositionEmbeddings} positions, got ${options.maxNewTokens}`,
    );
  const task = progress.task("Answering");
  const prompts = asked.map(({ promptIds }) => promptIds.slice(-room));
  const onAnswer = (count: number) =>
    task.update(count / asked.length, `${count} of ${asked.length}`);
  const outputs = await answerPrompts(model, tokenizer, prompts, { ...options, onAnswer });
  task.end(`${asked.length} questions`);
  const references = asked.map(({ answers }) => answers);
  const { scores, mean } = evaluatePredictions(outputs, references, metric);
  const completions = asked.map(({ prompt, rawAnswers }, i) => ({
    ...{ prompt, rawPrediction: outputs[i]!, rawAnswers: [...rawAnswers], score: scores[i]! },
  }));
  if (out !== undefined) await writeCompletions(out, completions);
  return { metric, mean, answers: asked.length };
}
