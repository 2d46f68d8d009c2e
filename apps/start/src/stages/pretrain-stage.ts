import type { Stage } from "@deepgrain/command-line/runs/run-stages";
import { driveTraining } from "@deepgrain/command-line/trainings/drive-training";
import {
  CausalLM,
  checkWords,
  copyTokenizer,
  evaluate,
  modelShape,
  sampleTexts,
  saveModel,
  trainingMemory,
  unigramEntropy,
  type WordCheck,
} from "@deepgrain/lm";
import { countParameters, formatMemory } from "@deepgrain/moe";
import { modelConfig } from "@deepgrain/studies/shared/training/model-config";
import { languageModel, runTraining } from "@deepgrain/studies/shared/training/run-training";
import { saveFolder } from "@deepgrain/support/files";
import { manualSeed } from "@deepgrain/tensor-gpu";
import type { Job } from "../job";

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

/** Records how the model continues prompts whenever it improves on its best loss, and shows one continuation. */
async function writeSamples(
  job: Job,
  model: CausalLM,
  { step, loss }: { step: number; loss: number },
): Promise<void> {
  const { metrics, config, progress } = job;
  const records = await metrics.read();
  const isBest = records.every(
    (own) =>
      own.stage !== STAGE || own.type !== "eval-end" || own.step >= step || Number(own.loss) > loss,
  );
  if (!isBest) return;
  // No signal: an abort here would lose the steps since the last checkpoint.
  const { temperature, topP } = config.sampling;
  const options = { temperature, topP, maxNewTokens: 80, seed: config.seed };
  const texts = await sampleTexts(model, await job.tokenizer(), SHOWN, options);
  for (const [i, prompt] of SHOWN.entries())
    await metrics.append({ stage: STAGE, type: "sample", step, prompt, text: texts[i]![0]! });
  progress.note(`${SHOWN[0]}${texts[0]![0]!.replaceAll(/\s+/g, " ")}`);
}

/** Maximum number of rounds of generation: a model that ends its texts at once would never finish. */
const MOST_ROUNDS = 8;

/** Tokens of each text that words are counted in. */
const TEXT_TOKENS = 160;

/** Lets the trained model generate text, and counts the words that occur in its training text. */
async function countWords(job: Job, model: CausalLM): Promise<WordCheck> {
  const { config, signal, progress } = job;
  const texts = await job.texts();
  const tokenizer = await job.tokenizer();
  const task = progress.task("Counting words");
  const { words: wanted, ...sampling } = config.sampling;
  const written: string[] = [];
  let words = 0;
  for (let round = 0; words < wanted && round < MOST_ROUNDS; round++) {
    const seed = config.seed + round + 1;
    const options = { ...sampling, maxNewTokens: TEXT_TOKENS, samples: 4, seed, signal };
    written.push(...(await sampleTexts(model, tokenizer, PROMPTS, options)).flat());
    words = checkWords(written, []).words;
    task.update(Math.min(1, words / wanted), `${words} words`);
  }
  const check = checkWords(
    written,
    texts.flatMap(({ train }) => train),
  );
  task.end(`${check.known} of ${check.words} words written are words of the training text`);
  return check;
}

/** Trains the mixture of experts on English and other texts. */
export const pretrainStage: Stage<Job> = {
  name: STAGE,
  async run(job): Promise<PretrainResult> {
    const { config, folder, metrics, progress, signal, assertOutputs, dryRun } = job;
    const { domains, training, trainTokens } = await job.reading();
    const [{ validation }] = domains;
    manualSeed(config.seed);
    const positions = Math.max(512, config.pretrain.sequenceLength, config.tune.sequenceLength);
    const shape = { positions, seqAux: false }; // balance over the batch, whose rows are of different kinds
    const modelSettings = modelConfig(config.model, await job.tokenizer(), shape);
    const { batchSize: batch, sequenceLength } = config.pretrain;
    progress.note(formatMemory(trainingMemory(modelSettings, { batch, sequenceLength })));
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
        dryRun,
        layers: model.moeLayers.values(),
        evaluateEvery: config.pretrain.evaluateEvery,
        onEvaluation: (evaluated) => writeSamples(job, model, evaluated),
      }),
      signal,
    });
    const { loss } = await evaluate(model, validation, { signal });
    const words = await countWords(job, model);
    await saveFolder(folder.base, async (path) => {
      await saveModel(path, model);
      await copyTokenizer(folder.tokenizer, path);
    });
    model.dispose();
    const { total, activated } = countParameters(modelShape(modelSettings));
    const heldOut = validation.flatMap(({ ids }) => Array.from(ids));
    return {
      parameters: total,
      activatedParameters: activated,
      validationLoss: loss,
      unigramEntropy: unigramEntropy(heldOut),
      validationTokens: heldOut.length,
      words,
      trainTokens,
      tokensRead: tokens,
      seconds,
    };
  },
};
