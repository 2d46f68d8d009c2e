import {
  answerPrompts,
  type CausalLM,
  type EncodedChat,
  encodeChat,
  encodeCompletion,
  type Tokenizer,
} from "@deepgrain/lm";
import { EsftError, having, optionsOf, refuseUnknown } from "../errors";
import type { Completion, EvalRecord, TaskMessage } from "../formats/task-data";
import { readTaskFile } from "../formats/task-file";
import { evaluatePredictions, type Metric, officialAnswer } from "./evaluate-predictions";

/** A prompt to answer; the best of its answers counts. */
type Question = Omit<EvalRecord, "idx"> & { promptIds: number[] };

/** A task to evaluate a model on. */
export interface EvaluationTask {
  /** Conversations whose answers' loss is measured, in the order of the file. */
  samples: EncodedChat[];
  questions: Question[];
  /**
   * The metric of the task's official evaluation, or its offline substitute; undefined for a training file without a
   * known name.
   */
  metric: Extract<Metric, string> | undefined;
  /** The word that the file's name begins with. */
  name: string;
}

/** The question of a conversation that ends with an answer. */
function questionOf(messages: readonly TaskMessage[], tokenizer: Tokenizer): Question[] {
  const last = messages.at(-1)!;
  if (last.role !== "assistant" || messages.length < 2) return [];
  const promptIds = encodeChat(messages.slice(0, -1), tokenizer).inputIds;
  const prompt = tokenizer.decode(promptIds, { skipSpecialTokens: true });
  return [{ promptIds, prompt, answers: [last.content.trim()], rawAnswers: [last.content] }];
}

/** Reads a task to evaluate on; the last answers of a training file are its references. @throws {EsftError} as `readTaskFile` */
export async function readEvaluationTask(
  file: string,
  tokenizer: Tokenizer,
): Promise<EvaluationTask> {
  const { metric, task: name, ...task } = await readTaskFile(file);
  if (task.kind === "train") {
    const samples = task.records.map(({ messages }) => encodeChat(messages, tokenizer));
    const questions = task.records.flatMap(({ messages }) => questionOf(messages, tokenizer));
    return { samples, questions, metric, name };
  }
  const questions = task.records.map((record) => ({
    ...record,
    promptIds: tokenizer.encode(record.prompt),
  }));
  const samples = questions.map(({ promptIds, rawAnswers }) =>
    encodeCompletion(promptIds, ` ${rawAnswers[0]!.trim()}`, tokenizer),
  );
  return { samples, questions, metric: metric ?? "chrf", name };
}

/**
 * Lets a model answer a task's questions by greedy decoding, and scores the answers as the task's official evaluation does.
 *
 * @param options.metric how answers are scored
 * @param options.maxNewTokens longest answer in tokens, below the model's positions
 * @param options.batchSize questions at once
 * @param options.limit questions to answer at most. Default all
 * @param options.onAnswer called with the number of questions answered
 * @returns the mean score, from 0 to 1, and the answers for `writeCompletions`
 * @throws {EsftError} `ERR_MISSING` for a task without questions, `ERR_RANGE` where the model has no place for the answers
 */
export async function answerTask(
  model: CausalLM,
  tokenizer: Tokenizer,
  task: EvaluationTask,
  options: {
    metric: Extract<Metric, string>;
    maxNewTokens: number;
    batchSize: number;
    limit?: number | undefined;
    onAnswer?: ((answered: number) => void) | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<{ mean: number; completions: Completion[] }> {
  having("answerTask", "model", model, "config");

  const { questions, name } = optionsOf("answerTask", task);
  const where = "answerTask";
  const { metric, limit, ...own } = optionsOf(where, options);
  const { maxNewTokens, batchSize, onAnswer, signal, ...rest } = own;
  refuseUnknown(where, rest);
  const asked = questions.slice(0, limit);
  if (asked.length === 0)
    throw new EsftError("ERR_MISSING", "esft/answerTask: no conversation ends with an answer");
  const { maxPositionEmbeddings: positions } = model.config;
  const room = positions - maxNewTokens;
  if (room < 1)
    throw new EsftError(
      "ERR_RANGE",
      `esft/answerTask: maxNewTokens must be below the model's ${positions} positions, got ${maxNewTokens}`,
      { fields: { maxNewTokens, positions } },
    );
  const prompts = asked.map(({ promptIds }) => promptIds.slice(-room));
  const settings = { maxNewTokens, batchSize, onAnswer, signal };
  const outputs = await answerPrompts(model, tokenizer, prompts, settings);
  const references = asked.map(({ answers }) => answers);
  const read = outputs.map((output) => officialAnswer(name, output));
  const { scores, mean } = evaluatePredictions(read, references, metric);
  const completions = asked.map(({ prompt, rawAnswers }, i) => ({
    prompt,
    rawAnswers,
    rawPrediction: outputs[i]!,
    score: scores[i]!,
  }));
  return { mean, completions };
}
