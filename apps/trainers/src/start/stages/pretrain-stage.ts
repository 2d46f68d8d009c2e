import { cp } from "node:fs/promises";
import { CausalLM, evaluate, type LabelledBatch, saveModel, trainingMemory } from "@deepgrain/lm";
import { modelConfig } from "@deepgrain/studies/shared/training/model-config";
import { languageModel, runTraining } from "@deepgrain/studies/shared/training/run-training";
import { saveFolder } from "@deepgrain/support/files";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { driveTraining } from "../../run/drive-training";
import { memoryNote } from "../../run/memory-note";
import type { Stage } from "../../store/run-stages";
import type { Job } from "../job";
import { sampleTexts } from "../sample-text";
import { unigramEntropy } from "../unigram-entropy";
import { checkWords, type WordCheck } from "../word-check";

export interface PretrainResult {
  parameters: number;
  /** Parameters that one token passes. */
  activatedParameters: number;
  /** On held-out prose, in nats per token. */
  validationLoss: number;
  /** Of the held-out tokens, in nats. */
  unigramEntropy: number;
  validationTokens: number;
  /** How many of the words that the model writes are words. */
  words: WordCheck;
  trainTokens: number;
  tokensRead: number;
  seconds: number;
}

const STAGE = "pretrain";

/** Beginnings of English texts, all continued for the count of words; the first two are shown. */
const PROMPTS = ["The whale", "My fellow citizens", "It was", "The people of the United States"];
const SHOWN = PROMPTS.slice(0, 2);

function countParameters(model: CausalLM): { all: number; activated: number } {
  const all = [...model.namedParameters()].reduce((n, [, weight]) => n + weight.size, 0);
  const idle = [...model.moeLayers.values()].reduce((n, { experts, config }) => {
    const routed = experts.gateUp.size + experts.down.size;
    return n + routed * (1 - config.topK / config.experts);
  }, 0);
  return { all, activated: Math.round(all - idle) };
}

/** A loss on held-out text after some steps. */
interface Evaluated {
  step: number;
  loss: number;
}

/** Records how the model continues prompts whenever it improves on its best loss, and shows one continuation. */
async function writeSamples(job: Job, model: CausalLM, { step, loss }: Evaluated): Promise<void> {
  const { metrics, config, progress } = job;
  const records = await metrics.read();
  const isBest = records.every(
    (own) =>
      own.stage !== STAGE || own.type !== "eval-end" || own.step >= step || Number(own.loss) > loss,
  );
  if (!isBest) return;
  // No signal: an abort here would lose the steps since the last checkpoint.
  const options = { ...config.sampling, maxNewTokens: 80, seed: config.seed };
  const texts = await sampleTexts(model, await job.tokenizer(), SHOWN, options);
  for (const [i, prompt] of SHOWN.entries())
    await metrics.append({ stage: STAGE, type: "sample", step, prompt, text: texts[i]![0]! });
  progress.note(`after ${step} steps: ${SHOWN[0]}${texts[0]![0]!.replaceAll(/\s+/g, " ")}`);
}

/** Maximum number of rounds of generation: a model that ends its texts at once would never finish. */
const MOST_ROUNDS = 8;

/** Tokens of each text that words are counted in. */
const TEXT_TOKENS = 160;

/** Lets the trained model generate text, and counts the words that occur in its training text. */
async function countWords(job: Job, model: CausalLM): Promise<WordCheck> {
  const { config, signal, progress } = job;
  const [texts, tokenizer] = [await job.texts(), await job.tokenizer()];
  const task = progress.task("Counting words");
  const written: string[] = [];
  let words = 0;
  for (let round = 0; words < config.sampling.words && round < MOST_ROUNDS; round++) {
    const seed = config.seed + round + 1;
    const options = { ...config.sampling, maxNewTokens: TEXT_TOKENS, samples: 4, seed, signal };
    written.push(...(await sampleTexts(model, tokenizer, PROMPTS, options)).flat());
    words = checkWords(written, []).words;
    task.update(Math.min(1, words / config.sampling.words), `${words} words`);
  }
  const check = checkWords(
    written,
    texts.flatMap(({ train }) => train),
  );
  task.end(`${check.known} of ${check.words} words written are words of the training text`);
  return check;
}

/** The entropy of held-out tokens, and how many they are. */
function unigramsOf(validation: readonly LabelledBatch[]) {
  const tokens = validation.flatMap(({ ids }) => Array.from(ids));
  return { unigramEntropy: unigramEntropy(tokens), validationTokens: tokens.length };
}

/** Trains the mixture of experts on English and other texts. */
export const pretrainStage: Stage<Job> = {
  name: STAGE,
  async run(job): Promise<PretrainResult> {
    const { config, folder, metrics, progress, signal, assertOutputs } = job;
    const { domains, training, trainTokens } = await job.reading();
    const [{ validation }] = domains;
    manualSeed(config.seed);
    const positions = Math.max(512, config.pretrain.sequenceLength, config.tune.sequenceLength);
    const shape = { positions, seqAux: false }; // balance over the batch, whose rows are of different kinds
    const modelSettings = modelConfig(config.model, await job.tokenizer(), shape);
    const { batchSize: batch, sequenceLength } = config.pretrain;
    progress.note(memoryNote(trainingMemory(modelSettings, { batch, sequenceLength })));
    const model = new CausalLM(modelSettings);
    const glance = validation.slice(0, Math.ceil(validation.length / 4));
    const { tokens, seconds } = await runTraining({
      model: languageModel(model),
      data: { training, heldOut: glance },
      recipe: { ...config.pretrain, measuresStart: true },
      folder: folder.checkpoints(STAGE),
      report: driveTraining({
        stage: STAGE,
        title: "Pre-training",
        progress,
        metrics,
        assertOutputs,
        layers: model.moeLayers.values(),
        onEvaluation: (evaluated) => writeSamples(job, model, evaluated),
      }),
      signal,
    });
    const { loss } = await evaluate(model, validation, { signal });
    const words = await countWords(job, model);
    await saveFolder(folder.base, async (path) => {
      await saveModel(path, model);
      await cp(folder.tokenizer, path, { recursive: true });
    });
    const { all, activated } = countParameters(model);
    model.dispose();
    return {
      parameters: all,
      activatedParameters: activated,
      validationLoss: loss,
      ...unigramsOf(validation),
      words,
      trainTokens,
      tokensRead: tokens,
      seconds,
    };
  },
};
