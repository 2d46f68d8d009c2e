import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type EvalRecord, parseEvalRecords, parseTrainRecords, taskMetrics } from "@deepgrain/esft";
import { type EncodedChat, encodeChat, ignoreIndex, type Tokenizer } from "@deepgrain/lm";
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

/** The metric of the task that a file's name begins with: `law-eval.jsonl` is `law`. */
const metricOf = (file: string): string | undefined =>
  taskMetrics[/^[a-z]+/.exec(basename(file).toLowerCase())?.[0] ?? ""];

function fromEvalRecord({ prompt, answers, rawAnswers }: EvalRecord, tokenizer: Tokenizer) {
  const promptIds = tokenizer.encode(prompt);
  const [first] = rawAnswers as [string, ...string[]];
  const answer = tokenizer.encode(` ${first.trim()}`, { addSpecialTokens: false });
  const wanted = tokenizer.eosTokenId === undefined ? answer : [...answer, tokenizer.eosTokenId];
  return {
    sample: {
      inputIds: [...promptIds, ...wanted],
      labels: [...promptIds.map(() => ignoreIndex), ...wanted],
    },
    question: { promptIds, prompt, answers, rawAnswers },
  };
}

function fromConversation(
  messages: Parameters<typeof encodeChat>[0],
  tokenizer: Tokenizer,
): { sample: EncodedChat; question: Question | undefined } {
  const sample = encodeChat(messages, tokenizer);
  const last = messages.at(-1)!;
  if (last.role !== "assistant" || messages.length < 2) return { sample, question: undefined };
  const promptIds = encodeChat(messages.slice(0, -1), tokenizer).inputIds;
  const prompt = tokenizer.decode(promptIds, { skipSpecialTokens: true });
  const answers = [last.content.trim()];
  return { sample, question: { promptIds, prompt, answers, rawAnswers: [last.content] } };
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
  if (isEvaluationFile(text)) {
    const all = parseEvalRecords(text, { file }).map((record) => fromEvalRecord(record, tokenizer));
    return {
      samples: shuffled(
        all.map(({ sample }) => sample),
        0,
      ),
      questions: all.map(({ question }) => question),
      metric: metricOf(file) ?? "chrf",
    };
  }
  const all = parseTrainRecords(text, { file }).map(({ messages }) =>
    fromConversation(
      messages.map((turn) => ({ ...turn })),
      tokenizer,
    ),
  );
  return {
    samples: shuffled(
      all.map(({ sample }) => sample),
      0,
    ),
    questions: all.flatMap(({ question }) => question ?? []),
    metric: metricOf(file),
  };
}
