import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { ownProcesses } from "@deepgrain/command-line/runs/own-processes";
import {
  modelFiles,
  RUN_FILE,
  readRunRecord,
  tokenizerFiles,
} from "@deepgrain/command-line/runs/run-record";
import type { Metrics } from "@deepgrain/fedlt";
import { type Link, startMembers } from "@deepgrain/fedlt/links";
import { folderJournal } from "@deepgrain/fedlt/node";
import { trainByRounds } from "@deepgrain/fedlt/rounds";
import { evaluate, saveModel, sequentialBatches } from "@deepgrain/lm";
import { limitBlas, threadsPerWorker } from "@deepgrain/studies/shared/one-thread-backend";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import type { lmFlags } from "./flags";
import { checkLink, linkFiles, linkOf } from "./link";
import {
  type CommonSteps,
  firstModel,
  type LmData,
  lmData,
  lmTexts,
  plainLoss,
  takePlainSteps,
  wholeBatches,
  wholeSteps,
} from "./lm-training";
import { clientNames } from "./pictures";
import { roundView } from "./round-view";

/** Blocks of held-out text that losses are measured on. */
const HELD_OUT_BLOCKS = 128;
type Given = Values<typeof lmFlags>;

/** The files that are written into the output folder. */
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

/** The warm steps of the run that is resumed: with more steps, as many as it was begun with. */
async function warmStepsOf({ resume, out }: Given): Promise<number | undefined> {
  const { warmSteps } = (resume ? await readRunRecord(out) : undefined)?.settings ?? {};
  return typeof warmSteps === "number" ? warmSteps : undefined;
}

/** The settings that decide the result, but for what the tokenizer decides. */
async function decisive(given: Given) {
  const { steps, innerSteps, batchSize, sequenceLength, lr, warmup, seed, modelConfig } = given;
  const known = given.warmSteps ?? (await warmStepsOf(given));
  const warmSteps = known ?? aboutAQuarter(steps, innerSteps);
  if (warmSteps >= steps || (steps - warmSteps) % innerSteps !== 0)
    throw new UsageError(
      `--steps without --warm-steps must be a multiple of --inner-steps ${innerSteps}, got ${steps - warmSteps}`,
    );
  const model = modelConfig
    ? await readJson(modelConfig, z.looseObject({ model_type: z.string() }))
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

/** The arguments of each worker that runs here. Those of a coordinator that was killed go on too. */
const workerArgs = ({ out, data, run }: Given, names: readonly string[], link: Link) => {
  const threads = String(threadsPerWorker(names.length));
  return names.map((id) => {
    const folder = join(out, "workers", id);
    return [
      ...[process.argv[1]!, "fed", "lm-worker", "--id", id, "--key", link.keyFile(id)],
      ...["--endpoint", link.address, "--run", run, "--data", data.join(",")],
      ...["--tokenizer", out, "--out", folder, "--threads", threads],
      ...(existsSync(join(folder, RUN_FILE)) ? ["--resume"] : []),
    ];
  });
};

/** Held-out losses without rounds. */
interface PlainLosses {
  /** As many steps, in batches of all workers' size. */
  plainLoss: number;
  /** Batches of one worker's size, in as many times the steps as there are workers. */
  plainLossOfMoreSteps: number;
}

/** The texts that all trainings of a call read. */
interface Texts {
  tokens: Int32Array;
  batches: ReturnType<typeof sequentialBatches>;
}

/** The losses of plain training on the same number of tokens, from the same first weights. */
async function plainLosses(
  settings: CommonSteps,
  workers: number,
  texts: Texts,
  { progress, signal }: CommandContext,
): Promise<PlainLosses> {
  const losses: number[] = [];
  for (const whole of [wholeBatches(settings, workers), wholeSteps(settings, workers)]) {
    progress.note(`plain training: ${whole.steps} steps in batches of ${whole.batchSize}`);
    losses.push(await plainLoss(whole, { ...texts, signal }));
  }
  return { plainLoss: losses[0]!, plainLossOfMoreSteps: losses[1]! };
}

const lossText = ({ loss = Number.NaN }: Metrics) => `loss ${loss.toFixed(3)}`;

/** The rounds of all workers over an open link. @returns the model, its held-out loss, and the traffic */
async function byRounds(
  settings: CommonSteps,
  { tokens, batches }: Texts,
  { given, names, link }: { given: Given; names: readonly string[]; link: Link },
  { progress, signal, dryRun, reached }: CommandContext,
) {
  const { steps, warmSteps, innerSteps, seed, batchSize } = settings;
  const rounds = (steps - warmSteps) / innerSteps;
  const module = firstModel(settings);
  if (warmSteps > 0) {
    progress.note(`${warmSteps} steps of plain training before the first round`);
    const whole = wholeBatches(settings, names.length);
    await takePlainSteps(module, whole, { tokens, steps: warmSteps, signal });
  }
  const { transport } = link;
  const view = roundView(progress, { transport, rounds, test: lossText, reached });
  dryRun?.begin(rounds, "round");
  const { metrics, counts } = await trainByRounds({
    module,
    transport,
    rounds,
    seed,
    workers: names,
    config: settings as never,
    outerLr: given.outerLr,
    outerMomentum: given.outerMomentum,
    evaluate: async () => ({ loss: (await evaluate(module, batches)).loss }),
    waitMs: 1000 * (given.wait ?? Infinity),
    limits: { maxSamples: innerSteps * batchSize },
    journal: folderJournal(join(given.out, "journal")),
    onEvent(event) {
      view.see(event);
      if (event.type === "round-end") dryRun?.step();
    },
    signal,
  });
  view.end(`${rounds} rounds of ${innerSteps} steps, ${lossText(metrics)}`);
  return { module, rounds, loss: metrics.loss!, counts };
}

/** `fed lm`. */
export const lm: RunCommand<typeof lmFlags> = async (given, context) => {
  const { out, workers, outerLr, outerMomentum, json, batchSize, sequenceLength } = given;
  const { write, assertOutputs } = context;
  limitBlas(); // as the workers do, so that one worker gives the same bits
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
  const tokens = text.train;
  const processes = await ownProcesses(out);
  const port = given.port ?? (given.remote ? undefined : 0);
  const link = await linkOf({ ...given, port }, names, { out, processes });
  claim.begin(); // from here on clients have their keys
  const members = startMembers(
    given.remote && !context.dryRun ? [] : workerArgs(given, names, link),
    processes.note,
  );
  let trained: Awaited<ReturnType<typeof byRounds>>;
  try {
    const running = byRounds(settings, { tokens, batches }, { given, names, link }, context);
    trained = await Promise.race([running, members.failed, link.failed]);
  } finally {
    await link.close();
    await members.stop();
  }
  await assertOutputs();
  const { module, rounds, loss, counts } = trained;
  await saveModel(out, module);
  const result = {
    out,
    workers,
    rounds,
    loss,
    tokens: workers * settings.steps * batchSize * sequenceLength,
    bytesUp: counts.bytesUp,
    bytesDown: counts.bytesDown,
    ...(given.plain && (await plainLosses(settings, workers, { tokens, batches }, context))),
  };
  write(json ? `${JSON.stringify(result)}\n` : resultText(result));
};

type Result = Partial<PlainLosses> & Record<"loss" | "tokens" | "bytesUp" | "bytesDown", number>;

function resultText({ loss, tokens, bytesUp, bytesDown, ...plain }: Result): string {
  const beside = (name: string, other: number | undefined) =>
    other === undefined
      ? ""
      : `, ${name} ${other.toFixed(3)} (difference ${(loss - other).toFixed(3)})`;
  const others = `${beside("plain training", plain.plainLoss)}${beside("in more steps", plain.plainLossOfMoreSteps)}`;
  return `held-out loss ${loss.toFixed(3)} nats${others}; ${tokens} tokens, ${(bytesUp / 1e6).toFixed(1)} MB up, ${(bytesDown / 1e6).toFixed(1)} MB down\n`;
}
