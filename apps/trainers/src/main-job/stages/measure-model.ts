import { type CausalLM, encodeChat, evaluate } from "@deepgrain/lm";
import type { Job } from "../job";
import { sampleText } from "../sample-text";
import { translationChat } from "../translation-task";

/** A held-out message and what a model makes of it. */
interface TranslationSample {
  english: string;
  reference: string;
  output: string;
}

/** How good a model is at the task, and at what it knew before. */
export interface Measured {
  /** Mean loss on held-out answers, in nats per token. */
  taskLoss: number;
  /** Mean loss on held-out English, in nats per token. */
  englishLoss: number;
  samples: TranslationSample[];
}

/** Measures both losses and lets the model translate a few held-out messages. */
export async function measureModel(model: CausalLM, job: Job): Promise<Measured> {
  const { config, signal } = job;
  const [task, english, tokenizer] = [await job.task(), await job.english(), await job.tokenizer()];
  const samples: TranslationSample[] = [];
  for (const message of task.heldOut.slice(0, config.task.samples)) {
    const [question] = translationChat(message);
    const { inputIds } = encodeChat([question!], tokenizer);
    const output = await sampleText(model, tokenizer, inputIds, { maxNewTokens: 64, signal });
    samples.push({
      english: message.english,
      reference: message.translation,
      output: output.trim(),
    });
  }
  return {
    taskLoss: (await evaluate(model, task.validation, { signal })).loss,
    englishLoss: (await evaluate(model, english.validation, { signal })).loss,
    samples,
  };
}
