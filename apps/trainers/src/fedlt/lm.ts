import { join } from "node:path";
import { saveModel, sequentialBatches } from "@deepgrain/lm";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import { z } from "zod";
import type { CommandContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { continueFlags } from "../run/training-flags";
import { ownProcesses } from "../store/own-processes";
import { modelFiles, tokenizerFiles } from "../store/run-record";
import { clientNames } from "./client-names";
import { keyFile } from "./keys";
import { linkFlags } from "./link-flags";
import { type LmData, lmData, lmTexts } from "./lm-data";
import { type LocalSteps, shareOf } from "./local-steps";
import { checkLink, type Link, linkFiles, openLink } from "./open-link";
import { trainByRounds, trainPlain, wholeBatches, wholeSteps } from "./train-by-rounds";
import { workerProcesses } from "./worker-processes";

/** Blocks of held-out text that losses are measured on. */
const HELD_OUT_BLOCKS = 128;

const lmFlags = {
  data: flags.text({ default: "english", hint: "files", help: "The text, as for `pretrain`" }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder; keys, journal and the workers' state are kept there too, and the same command with --resume continues",
  }),
  workers: flags.whole({
    min: 1,
    max: 255,
    default: 2,
    help: "Workers, each with its share of the text",
  }),
  remote: flags.flag({ help: "Start no workers here: they join by `fed lm-worker`" }),
  steps: flags.whole({ min: 1, default: 1200, help: "Steps of each worker" }),
  warmSteps: flags.whole({
    help: "The first of these steps: plain training here, in batches of all workers' size, as the paper starts from a trained model; about a quarter by default",
  }),
  innerSteps: flags.whole({ min: 1, default: 20, help: "Steps between two exchanges, H" }),
  outerLr: flags.real({ default: 0.7, help: "Rate of the outer Nesterov step" }),
  outerMomentum: flags.real({
    max: 1,
    default: 0.5,
    help: "Its momentum; the paper has 0.9, for far longer runs",
  }),
  batchSize: flags.whole({ min: 1, default: 8, help: "Sequences per batch of each worker" }),
  sequenceLength: flags.whole({ min: 2, default: 64, help: "Tokens per sequence" }),
  lr: flags.real({ default: 0.003, help: "Peak rate of the workers' AdamW" }),
  warmup: flags.whole({ default: 20, help: "Steps over which it rises from 0" }),
  seed: flags.whole({ default: 0, help: "Same seed, same result" }),
  config: flags.file({
    help: "config.json of the model; a Llama of width 64 with 2 layers by default",
  }),
  tokenizer: flags.folder({ help: "Folder of the tokenizer to use; by default one is trained" }),
  vocabSize: flags.whole({ min: 259, default: 512, help: "Size of a tokenizer that is trained" }),
  plain: flags.flag({
    help: "Also train without rounds on as many tokens in one process: in batches of all workers' size, and in more steps of one worker's",
  }),
};

const flagsOf = {
  ...lmFlags,
  ...continueFlags,
  ...linkFlags,
  transport: flags.choice(["nats", "websocket"], {
    default: "websocket",
    help: linkFlags.transport.help,
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

type Given = Values<typeof flagsOf>;

/** What is written into the output folder. */
const runFiles = {
  files: [...modelFiles, ...tokenizerFiles, ...linkFiles, "journal/", "workers/"],
  work: ["model.safetensors", "journal/"],
  fresh: [...tokenizerFiles, "broker/", "journal/", "workers/"],
};

const smallLlama = {
  model_type: "llama",
  hidden_size: 64,
  intermediate_size: 176,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: false,
};

/** The share of a run that the paper starts with (24,000 of 88,000 steps), so that whole rounds are left. */
function aboutAQuarter(steps: number, innerSteps: number): number {
  const rounds = Math.ceil((0.75 * steps) / innerSteps);
  return Math.max(0, steps - rounds * innerSteps);
}

/** The settings that decide the result, but for what the tokenizer decides. */
async function decisive(given: Given) {
  const { steps, innerSteps, batchSize, sequenceLength, lr, warmup, seed, config } = given;
  const { warmSteps = aboutAQuarter(steps, innerSteps) } = given;
  if (warmSteps >= steps || (steps - warmSteps) % innerSteps !== 0)
    throw new UsageError(
      `--steps without --warm-steps must be a multiple of --inner-steps ${innerSteps}, got ${steps - warmSteps}`,
    );
  const model = config
    ? await readJson(config, z.looseObject({ model_type: z.string() }))
    : smallLlama;
  return { steps, warmSteps, innerSteps, batchSize, sequenceLength, lr, warmup, seed, model };
}

/** The settings sent to workers, without their share. */
function settingsOf(
  { model: json, ...settings }: Awaited<ReturnType<typeof decisive>>,
  { tokenizer, fingerprint }: LmData,
) {
  const { vocabSize, bosTokenId = null, eosTokenId = null } = tokenizer;
  const model = {
    max_position_embeddings: Math.max(512, settings.sequenceLength),
    ...json,
    vocab_size: vocabSize,
    bos_token_id: bosTokenId,
    eos_token_id: eosTokenId,
  };
  return { ...settings, tokenizer: fingerprint, model };
}

/** The command line of each worker that runs here. */
const workerArgs = ({ out, data, run }: Given, names: readonly string[], { address, keys }: Link) =>
  names.map((id) => [
    ...["fed", "lm-worker", "--id", id, "--key", keyFile(keys, id), "--server", address],
    ...["--run", run, "--data", data, "--tokenizer", out, "--out", join(out, "workers", id)],
    "--resume", // those of a coordinator that was killed go on too
  ]);

/** Held-out losses without rounds. */
interface PlainLosses {
  /** As many steps, in batches of all workers' size. */
  plainLoss: number;
  /** Batches of one worker's size, in as many times the steps as there are workers. */
  plainLossOfMoreSteps: number;
}

/** The losses of plain training on the same number of tokens, from the same first weights. */
async function plainLosses(
  settings: Omit<LocalSteps, "share" | "shares">,
  {
    workers,
    tokens,
    batches,
  }: { workers: number; tokens: Int32Array; batches: ReturnType<typeof sequentialBatches> },
  { progress, signal }: CommandContext,
): Promise<PlainLosses> {
  const lossOf = async (whole: LocalSteps) => {
    progress.note(`plain training: ${whole.steps} steps in batches of ${whole.batchSize}`);
    const data = shareOf(tokens, whole);
    const { model, loss } = await trainPlain(whole, { data, batches, signal });
    model.dispose();
    return loss;
  };
  return {
    plainLoss: await lossOf(wholeBatches(settings, workers)),
    plainLossOfMoreSteps: await lossOf(wholeSteps(settings, workers)),
  };
}

export const lm = defineCommand({
  description:
    "Trains one language model in several processes that exchange weights now and then (DiLoCo: local AdamW, outer Nesterov momentum).",
  examples: [
    "fed lm --workers 4 --out run --plain",
    "fed lm --workers 2 --remote --host 10.0.0.7 --tls-cert a.pem --tls-key a.key --out run",
  ],
  flags: flagsOf,
  async run(given, context) {
    const { out, workers, outerLr, outerMomentum, json, batchSize, sequenceLength } = given;
    const { progress, signal, write, assertOutputs } = context;
    limitThreads(1); // as the workers do, so that one worker gives the same bits
    const { data, tokenizer: from, vocabSize } = given;
    const settingsGiven = await decisive(given);
    checkLink(given);
    const texts = await lmTexts({ data, from }, context);
    const names = clientNames(workers, "worker");
    const outer = { outerLr, outerMomentum };
    const claim = await context.claim(out, {
      command: "fed lm",
      settings: {
        ...settingsGiven,
        ...outer,
        workers,
        vocabSize: from === undefined ? vocabSize : null,
      },
      data: texts.data,
      ...runFiles,
      resume: given.resume,
      overwrite: given.overwrite,
    });
    const text = await lmData(texts, { out, from, vocabSize }, context);
    const settings = settingsOf(settingsGiven, text);
    const batches = sequentialBatches(text.heldOut, {
      blockLength: sequenceLength,
      batchSize: 16,
      blocks: HELD_OUT_BLOCKS,
    });
    const own = await ownProcesses(out);
    const link = await openLink(
      { ...given, port: given.port ?? (given.remote ? undefined : 0) },
      names,
      { out, processes: own },
    );
    claim.begin(); // from here on clients have their keys
    const processes = workerProcesses(given.remote ? [] : workerArgs(given, names, link), own);
    let trained: Awaited<ReturnType<typeof trainByRounds>>;
    try {
      const { transport } = link;
      const waitMs = 1000 * (given.wait ?? Infinity);
      const common = { transport, settings, names, outer, batches, out, waitMs, progress, signal };
      const options = { ...common, tokens: text.train };
      trained = await Promise.race([trainByRounds(options), processes.failed, link.failed]);
    } finally {
      await link.close();
      await processes.stop();
    }
    await assertOutputs();
    await saveModel(out, trained.model);
    const { loss, counts } = trained;
    const result = {
      out,
      workers,
      rounds: (settings.steps - settings.warmSteps) / settings.innerSteps,
      loss,
      tokens: workers * settings.steps * batchSize * sequenceLength,
      bytesUp: counts.bytesUp,
      bytesDown: counts.bytesDown,
      ...(given.plain &&
        (await plainLosses(settings, { workers, tokens: text.train, batches }, context))),
    };
    write(json ? `${JSON.stringify(result)}\n` : resultText(result));
  },
});

function resultText({
  loss,
  plainLoss,
  plainLossOfMoreSteps,
  tokens,
  bytesUp,
  bytesDown,
}: {
  loss: number;
  tokens: number;
  bytesUp: number;
  bytesDown: number;
} & Partial<PlainLosses>): string {
  const beside = (name: string, other: number | undefined) =>
    other === undefined
      ? ""
      : `, ${name} ${other.toFixed(3)} (difference ${(loss - other).toFixed(3)})`;
  const plain = `${beside("plain training", plainLoss)}${beside("in more steps", plainLossOfMoreSteps)}`;
  return `held-out loss ${loss.toFixed(3)} nats${plain}; ${tokens} tokens, ${(bytesUp / 1e6).toFixed(1)} MB up, ${(bytesDown / 1e6).toFixed(1)} MB down\n`;
}
