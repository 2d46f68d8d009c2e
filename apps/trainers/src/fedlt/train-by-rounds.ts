import { join } from "node:path";
import {
  diLoCo,
  type FederationOptions,
  type FederationResult,
  finishFederation,
  type Metrics,
  type ReadonlyTensors,
  type Strategy,
} from "@deepgrain/fedlt";
import { fromNamed, toNamed } from "@deepgrain/fedlt/models";
import { folderJournal } from "@deepgrain/fedlt/node";
import {
  CausalLM,
  evaluate,
  type LabelledBatch,
  parseConfig,
  type TrainingData,
  train,
} from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import type { Progress } from "../cli/progress";
import { type LocalSteps, scheduleOf, shareOf } from "./local-steps";
import { roundView } from "./round-view";

/** The outer optimiser. */
export interface OuterSettings {
  outerLr: number;
  outerMomentum: number;
}

/** The first model of a seed: every training that is compared starts from it. */
export function firstModel({ seed, model }: Pick<LocalSteps, "seed" | "model">): CausalLM {
  manualSeed(seed);
  return new CausalLM(parseConfig(model));
}

/** DiLoCo whose workers receive their settings with each task; worker k of the names reads share k. */
export function localStepsStrategy(
  settings: Omit<LocalSteps, "share" | "shares">,
  names: readonly string[],
  outer: OuterSettings,
): Strategy {
  const order = [...names].sort();
  return {
    ...diLoCo(outer),
    configureFit: (_, clients) =>
      new Map(
        clients.map((id) => [
          id,
          { config: { ...settings, share: order.indexOf(id), shares: order.length } as never },
        ]),
      ),
  };
}

/** The inputs of a training by rounds. */
export interface RoundsOfSteps
  extends Pick<FederationOptions, "transport" | "deadlineMs" | "waitMs" | "signal"> {
  settings: Omit<LocalSteps, "share" | "shares">;
  names: readonly string[];
  outer: OuterSettings;
  /** All tokens, for the steps before the first round. */
  tokens: Int32Array;
  /** Held-out text. */
  batches: readonly LabelledBatch[];
  /** Folder of the journal. */
  out: string;
  progress: Progress;
}

const lossText = ({ loss = Number.NaN }: Metrics) => `loss ${loss.toFixed(3)}`;

/**
 * Trains one model by rounds of local steps.
 * @returns the model, its held-out loss, and the traffic
 */
export async function trainByRounds({
  transport,
  settings,
  names,
  outer,
  tokens,
  batches,
  out,
  progress,
  signal,
  ...rest
}: RoundsOfSteps): Promise<{ model: CausalLM; loss: number; counts: FederationResult["counts"] }> {
  const { steps, warmSteps, innerSteps } = settings;
  const rounds = (steps - warmSteps) / innerSteps;
  const model = firstModel(settings);
  const whole = wholeBatches(settings, names.length);
  if (warmSteps > 0) {
    progress.note(`${warmSteps} steps of plain training before the first round`);
    await takePlainSteps(model, warmSteps, whole, { data: shareOf(tokens, whole), signal });
  }
  const measure = async (params: ReadonlyTensors) => {
    fromNamed(model, params);
    return (await evaluate(model, batches)).loss;
  };
  const view = roundView(progress, { transport, rounds, test: lossText });
  const { state, counts } = await finishFederation(
    {
      transport,
      rounds,
      seed: settings.seed,
      strategy: localStepsStrategy(settings, names, outer),
      initial: await toNamed(model),
      quorum: names.length,
      minClients: names.length,
      population: names,
      evaluate: async (params) => ({ loss: await measure(params) }),
      journal: folderJournal(join(out, "journal")),
      limits: { maxSamples: innerSteps * settings.batchSize },
      ...(signal && { signal }),
      ...rest,
    },
    { onEvent: view.see },
  );
  const loss = await measure(state.params);
  view.end(`${rounds} rounds of ${innerSteps} steps, ${lossText({ loss })}`);
  return { model, loss, counts };
}

/**
 * Plain training on as many tokens in as many steps: one share, batches of all workers together. It is what the workers would do
 * if they exchanged gradients in each step, and the reference of the paper.
 * @see Douillard et al. 2023, table 2, "8x batch size"
 */
export const wholeBatches = (
  settings: Omit<LocalSteps, "share" | "shares">,
  workers: number,
): LocalSteps => ({
  ...settings,
  batchSize: workers * settings.batchSize,
  share: 0,
  shares: 1,
});

/**
 * Plain training on as many tokens in batches of one worker: `workers` times as many steps, one after another.
 * @see Douillard et al. 2023, table 2, "8x updates"
 */
export const wholeSteps = (
  settings: Omit<LocalSteps, "share" | "shares">,
  workers: number,
): LocalSteps => ({ ...settings, steps: workers * settings.steps, share: 0, shares: 1 });

/** Steps from the first of the schedule, by lm's own loop. */
async function takePlainSteps(
  model: CausalLM,
  steps: number,
  settings: LocalSteps,
  { data, signal }: { data: TrainingData; signal: AbortSignal | undefined },
): Promise<void> {
  const options = { steps, lr: scheduleOf(settings), ...(signal && { signal }) };
  for await (const _ of train(model, data, options));
}

/**
 * Trains from the same first weights without rounds.
 * @returns the model and its held-out loss
 */
export async function trainPlain(
  settings: LocalSteps,
  {
    data,
    batches,
    signal,
  }: { data: TrainingData; batches: readonly LabelledBatch[]; signal: AbortSignal },
): Promise<{ model: CausalLM; loss: number }> {
  const model = firstModel(settings);
  await takePlainSteps(model, settings.steps, settings, { data, signal });
  return { model, loss: (await evaluate(model, batches)).loss };
}
