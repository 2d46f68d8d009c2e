import {
  type EvalRecord,
  evaluatePredictions,
  type Metric,
  officialAnswer,
  readTaskFile,
  type TaskMessage,
  writeCompletions,
} from "@deepgrain/esft";
import {
  answerPrompts,
  type CausalLM,
  type EncodedChat,
  encodeChat,
  encodeCompletion,
  type Tokenizer,
} from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import type { OutputFile } from "../cli/output-file";
import type { Progress } from "../cli/progress";
import { UsageError } from "../cli/usage-error";

/** A prompt to answer; the best of its answers counts. */
type Question = Omit<EvalRecord, "idx"> & { promptIds: number[] };

/** What a model is evaluated on. */
export interface EvaluationTask {
  /** Conversations whose answers' loss is measured. */
  samples: EncodedChat[];
  questions: Question[];
  /** What the task's official evaluation looks at, or its offline substitute; undefined for a training file without a known name. */
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
    return { samples: shuffled(samples, 0), questions, metric, name };
  }
  const promptOf = (record: EvalRecord) => ({
    ...record,
    promptIds: tokenizer.encode(record.prompt),
  });
  const questions = task.records.map(promptOf);
  const samples = questions.map(({ promptIds, rawAnswers }) =>
    encodeCompletion(promptIds, ` ${rawAnswers[0]!.trim()}`, tokenizer),
  );
  return { samples: shuffled(samples, 0), questions, metric: metric ?? "chrf", name };
}

export interface AnswerTaskOptions {
  maxNewTokens: number;
  batchSize: number;
  signal: AbortSignal;
  metric: Extract<Metric, string>;
  /** Questions to answer at most. */
  limit: number | undefined;
  /** File for the completions. */
  out: OutputFile | undefined;
  progress: Progress;
}

/**
 * Lets a model answer a task's questions, scores the answers, and writes them in the official format.
 * @returns how many were answered, and their mean score, from 0 to 1
 * @throws {UsageError} when the task has no questions or the model no place for the answers
 */
export async function answerTask(
  model: CausalLM,
  tokenizer: Tokenizer,
  { questions, name }: EvaluationTask,
  { metric, limit, out, progress, ...options }: AnswerTaskOptions,
) {
  const asked = questions.slice(0, limit);
  const { length: answers } = asked;
  if (answers === 0) throw new UsageError("--data has no conversation that ends with an answer");
  const { maxPositionEmbeddings: positions } = model.config;
  const room = positions - options.maxNewTokens;
  if (room < 1)
    throw new UsageError(
      `--max-new-tokens must be below the model's ${positions} positions, got ${options.maxNewTokens}`,
    );
  const task = progress.task("Answering");
  const onAnswer = (count: number) => task.update(count / answers, `${count} of ${answers}`);
  const prompts = asked.map(({ promptIds }) => promptIds.slice(-room));
  const outputs = await answerPrompts(model, tokenizer, prompts, { ...options, onAnswer });
  task.end(`${answers} questions`);
  const references = asked.map((question) => question.answers);
  const read = outputs.map((output) => officialAnswer(name, output));
  const { scores, mean } = evaluatePredictions(read, references, metric);
  const completions = asked.map(({ prompt, rawAnswers }, i) => ({
    prompt,
    rawAnswers,
    rawPrediction: outputs[i]!,
    score: scores[i]!,
  }));
  if (out !== undefined) await out.fill((path) => writeCompletions(path, completions));
  return { metric, mean, answers };
}
