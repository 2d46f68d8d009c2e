import { answerPrompts, type CausalLM, encodeChat, evaluate } from "@deepgrain/lm";
import { type Pair, spread } from "@deepgrain/studies/shared/tasks/task";
import type { DomainName } from "@deepgrain/studies/shared/texts/text-domains";
import { type Job, questionOf } from "../job";

/** A held-out question and what a model answers. */
export interface AnsweredQuestion extends Pair {
  output: string;
}

/** A model's results on the task, and on the texts of pre-training. */
export interface Measured {
  /** Mean loss on held-out answers, in nats per token. */
  taskLoss: number;
  /** Mean loss on held-out text of each kind, in nats per token. */
  textLosses: Partial<Record<DomainName, number>>;
  /** For each held-out question whether its answer is right, to the letter: 1 or 0. */
  right: number[];
  /** Some of them, evenly spaced. */
  samples: AnsweredQuestion[];
}

/** Mean loss on held-out English prose, in nats per token; undefined where none was measured. */
export const english = ({ textLosses }: Pick<Measured, "textLosses">): number | undefined =>
  textLosses.prose;

/** Number of questions that are answered at once. */
const AT_ONCE = 100;

/** Lets a model answer questions by greedy decoding. */
export async function answerQuestions(
  model: CausalLM,
  questions: readonly Pair[],
  job: Job,
  onAnswer?: (answered: number) => void,
): Promise<AnsweredQuestion[]> {
  const { task } = await job.task();
  const tokenizer = await job.tokenizer();
  const prompts = questions.map((pair) => encodeChat(questionOf(pair), tokenizer).inputIds);
  const outputs = await answerPrompts(model, tokenizer, prompts, {
    maxNewTokens: task.longestAnswer,
    batchSize: AT_ONCE,
    signal: job.signal,
    onAnswer,
  });
  return questions.map((pair, i) => ({ ...pair, output: outputs[i]!.trim() }));
}

/**
 * Measures losses on the task and on text of every kind, and lets the model answer the held-out questions.
 * @param who the model on the screen: "the base model"
 */
export async function measureModel(model: CausalLM, who: string, job: Job): Promise<Measured> {
  const { config, signal, progress } = job;
  const { validation, questions } = await job.task();
  const { domains } = await job.reading();
  const drawn = progress.task(`Held-out questions to ${who}`);
  const answered = await answerQuestions(model, questions, job, (n) =>
    drawn.update(n / questions.length, `${n} of ${questions.length}`),
  );
  const right = answered.map(({ answer, output }) => Number(answer === output));
  drawn.end(`${right.filter(Boolean).length} of ${right.length} right`);
  const textLosses: Measured["textLosses"] = {};
  for (const { name, validation: batches } of domains)
    if (batches.length > 0) textLosses[name] = (await evaluate(model, batches, { signal })).loss;
  return {
    taskLoss: (await evaluate(model, validation, { signal })).loss,
    textLosses,
    right,
    samples: spread(answered, config.task.samples),
  };
}
