import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  parseEvalRecords,
  parseTrainRecords,
  type TaskMessage,
  taskMetrics,
} from "@deepgrain/esft";
import { type EncodedChat, encodeChat, encodeCompletion, type Tokenizer } from "@deepgrain/lm";
import { shuffled } from "./task-samples";

/** A prompt to answer. */
interface Question {
  promptIds: number[];
  prompt: string;
  /** What answers are marked against; the best one counts. */
  answers: readonly string[];
  /** The same as the file has it. */
  rawAnswers: readonly string[];
}

/** What a model is evaluated on. */
export interface EvaluationTask {
  /** Conversations whose answers' loss is measured. */
  samples: EncodedChat[];
  questions: Question[];
  /** What the task's official evaluation looks at, or its offline substitute; undefined for a training file without a known name. */
  metric: string | undefined;
}

/** The question of a conversation that ends with an answer. */
function questionOf(messages: readonly TaskMessage[], tokenizer: Tokenizer): Question[] {
  const last = messages.at(-1)!;
  if (last.role !== "assistant" || messages.length < 2) return [];
  const promptIds = encodeChat(messages.slice(0, -1), tokenizer).inputIds;
  const prompt = tokenizer.decode(promptIds, { skipSpecialTokens: true });
  return [{ promptIds, prompt, answers: [last.content.trim()], rawAnswers: [last.content] }];
}

const isEvaluationFile = (text: string): boolean => {
  const line = text.split("\n").find((one) => one.trim() !== "") ?? "";
  try {
    return "prompt" in JSON.parse(line);
  } catch {
    return false; // the reader of training files says what is wrong
  }
};

/**
 * Reads a task to evaluate on: a training file (`messages`), whose last answers are the references, or an evaluation file
 * (`prompt`, `answers`).
 * @throws {EsftError} naming file, line and key
 */
export async function readEvaluationTask(
  file: string,
  tokenizer: Tokenizer,
): Promise<EvaluationTask> {
  const text = await readFile(file, "utf8");
  // The task that the file's name begins with: `law-eval.jsonl` is `law`.
  const metric = taskMetrics[/^[a-z]+/.exec(basename(file).toLowerCase())?.[0] ?? ""];
  if (!isEvaluationFile(text)) {
    const records = parseTrainRecords(text, { file });
    const samples = records.map(({ messages }) => encodeChat(messages, tokenizer));
    const questions = records.flatMap(({ messages }) => questionOf(messages, tokenizer));
    return { samples: shuffled(samples, 0), questions, metric };
  }
  const records = parseEvalRecords(text, { file });
  const questions = records.map((own) => ({ ...own, promptIds: tokenizer.encode(own.prompt) }));
  const samples = questions.map(({ promptIds, rawAnswers }) =>
    encodeCompletion(promptIds, ` ${rawAnswers[0]!.trim()}`, tokenizer),
  );
  return { samples: shuffled(samples, 0), questions, metric: metric ?? "chrf" };
}
