import { evaluatePredictions, type Metric, writeCompletions } from "@deepgrain/esft";
import type { CausalLM, Tokenizer } from "@deepgrain/lm";
import type { Progress } from "../../../cli/progress";
import { UsageError } from "../../../cli/usage-error";
import { answerPrompts } from "../../../training/answer-prompts";
import type { EvaluationTask } from "./evaluation-task";

export interface AnswerTaskOptions {
  metric: Extract<Metric, string>;
  maxNewTokens: number;
  batchSize: number;
  /** Questions to answer at most. */
  limit: number | undefined;
  /** File for the completions. */
  out: string | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** Marks of a model's answers. */
export interface AnsweredTask {
  metric: string;
  /** From 0 to 1. */
  mean: number;
  answers: number;
}

/**
 * Lets a model answer a task's questions, marks the answers, and writes them in the official form.
 * @throws {UsageError} when the task has no questions or the model no place for the answers
 */
export async function answerTask(
  model: CausalLM,
  tokenizer: Tokenizer,
  { questions }: EvaluationTask,
  { metric, limit, out, progress, ...options }: AnswerTaskOptions,
): Promise<AnsweredTask> {
  const asked = questions.slice(0, limit);
  if (asked.length === 0)
    throw new UsageError("--data has no conversation that ends with an answer");
  const room = model.config.maxPositionEmbeddings - options.maxNewTokens;
  if (room < 1)
    throw new UsageError(
      `--max-new-tokens must be below the model's ${model.config.maxPositionEmbeddings} positions, got ${options.maxNewTokens}`,
    );
  const task = progress.task("Answering");
  const outputs = await answerPrompts(
    model,
    tokenizer,
    asked.map(({ promptIds }) => promptIds.slice(-room)),
    {
      ...options,
      onAnswer: (count) => task.update(count / asked.length, `${count} of ${asked.length}`),
    },
  );
  task.end(`${asked.length} questions`);
  const references = asked.map(({ answers }) => answers);
  const { scores, mean } = evaluatePredictions(outputs, references, metric);
  if (out !== undefined)
    await writeCompletions(
      out,
      asked.map(({ prompt, rawAnswers }, i) => ({
        prompt,
        rawPrediction: outputs[i]!,
        rawAnswers: [...rawAnswers],
        score: scores[i]!,
      })),
    );
  return { metric, mean, answers: asked.length };
}
