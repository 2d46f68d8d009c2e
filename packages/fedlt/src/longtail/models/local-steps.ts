import { type nn, optim, type Tensor } from "@deepgrain/tensor-gpu";
import {
  type CheckpointContents,
  type CheckpointPart,
  jsonPart,
  listCheckpoints,
  moduleWeights,
  restoreCheckpoint,
  saveCheckpoint,
  trainStep,
} from "@deepgrain/trainer";
import { FedError, functionOf, optionsOf, refuseUnknown, textOf } from "../../errors";
import type { FitTask, LocalTrain } from "../../federation/runtime/task";
import { tensorChecksum } from "../../federation/tensors/checksum";
import { fromNamed, toNamed } from "./named";

/** The training of a worker for one config of tasks. `CausalLM` and `packSequences` of lm give module and data. */
export interface StepTraining<Batch> {
  readonly module: nn.Module;
  readonly loss: (batch: Batch) => Tensor;
  /** Batches by position: step s reads position s. */
  readonly data: { batch(position: number): Batch | Promise<Batch> };
  /** Of AdamW. */
  readonly optimizer: optim.AdamWOptions;
  /** Rate of each step, counted from 0. */
  readonly lr: (step: number) => number;
  /** H, steps per round. */
  readonly stepsPerRound: number;
  /** Steps that were made before the first round, which the schedule goes on after. Default 0. */
  readonly firstStep?: number | undefined;
  /** Weight of a step in the mean over workers: its samples. Default 1. */
  readonly samplesPerStep?: number | undefined;
  /** How the weights are stored between rounds. Default: all tensors of the module. */
  readonly weights?: CheckpointPart | undefined;
  /** Called after each step, for updates outside the gradient. */
  readonly afterStep?: (() => void) | undefined;
}

/** Options of `localSteps`. */
export interface LocalStepsOptions<Batch> {
  /** Opens what a task's config asks for; called once until another config comes. It may refuse the config. */
  readonly open: (config: FitTask["config"]) => StepTraining<Batch>;
  /** Where the optimiser's state is kept after each round. */
  readonly folder: string;
}

/** A training with its optimiser, and the checksum of the weights that this round started from. */
interface Round<Batch> extends StepTraining<Batch> {
  readonly adam: optim.AdamW;
  readonly received: string;
  /** The step that this round begins with. */
  readonly first: number;
}

/** The contents of a checkpoint; `startedFrom` identifies the task that it belongs to. */
function contentsOf<Batch>({
  module,
  weights = moduleWeights(module),
  adam,
  received,
}: Round<Batch>) {
  const mark: { startedFrom: unknown } = { startedFrom: received };
  const task = jsonPart(
    () => mark.startedFrom,
    (value) => {
      mark.startedFrom = value;
    },
  );
  const contents: CheckpointContents = { weights, optimizer: adam, parts: { task } };
  return { contents, mark };
}

/** Restores the resulting weights of an earlier attempt at this task. @returns whether there was one */
async function restoreAnswer<Batch>(round: Round<Batch>, folder: string): Promise<boolean> {
  const last = round.first + round.stepsPerRound;
  const found = (await listCheckpoints(folder)).find(({ step }) => step === last);
  if (!found) return false;
  const { contents, mark } = contentsOf(round);
  await restoreCheckpoint(found.path, contents);
  return mark.startedFrom === round.received;
}

/** Gives the optimiser the moments of the last round that this worker took part in. */
async function restoreMoments<Batch>(round: Round<Batch>, folder: string): Promise<void> {
  const found = (await listCheckpoints(folder)).find(({ step }) => step <= round.first);
  if (!found) return;
  const { contents } = contentsOf(round);
  const weights = { ...contents.weights, restore: async () => undefined };
  await restoreCheckpoint(found.path, { ...contents, weights });
}

/** H steps from the received weights, with the state kept afterwards. @returns the mean loss */
async function takeSteps<Batch>(
  round: Round<Batch>,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { module, loss, data, adam, lr, first, stepsPerRound, afterStep } = round;
  module.train();
  let sum = 0;
  for (let step = first; step < first + stepsPerRound; step++) {
    signal?.throwIfAborted();
    const options = { loss, lr: lr(step), step, module };
    sum += (await trainStep(adam, () => data.batch(step), options)).loss;
    afterStep?.();
  }
  await saveCheckpoint(folder, first + stepsPerRound, contentsOf(round).contents);
  return sum / stepsPerRound;
}

/**
 * A worker's part of DiLoCo: H steps of AdamW from the received weights, whose moments the worker keeps from round to round
 * in a folder. A worker that was killed continues with them, and a repeated task gets the same answer.
 *
 * @returns the local training for a transport or a client; its updates report the metric `loss`
 * @throws {FedError} when called: what `open` throws; {TrainerError} for a loss that is not finite
 * @see Douillard et al. 2023, algorithm 1
 */
export function localSteps<Batch>(options: LocalStepsOptions<Batch>): LocalTrain {
  const { open, folder, ...rest } = optionsOf("localSteps", options);
  refuseUnknown("localSteps", rest);
  functionOf("localSteps", "open", open);
  textOf("localSteps", "folder", folder);
  let opened: { readonly key: string; readonly training: StepTraining<Batch> } | undefined;
  const trainingOf = (config: FitTask["config"]): StepTraining<Batch> => {
    const key = JSON.stringify(config);
    if (opened?.key !== key) {
      const training = open(config);
      opened?.training.module.dispose();
      opened = { key, training };
    }
    return opened.training;
  };
  return async ({ config, params, round: index }, { signal }) => {
    const training = trainingOf(config);
    const { module, stepsPerRound, firstStep = 0, samplesPerStep = 1 } = training;
    if (!(stepsPerRound >= 1))
      throw new FedError(
        "ERR_RANGE",
        `fedlt/localSteps: stepsPerRound must be at least 1, got ${stepsPerRound}`,
      );
    const adam = new optim.AdamW([...module.parameters()], training.optimizer);
    const first = firstStep + index * stepsPerRound;
    const round = { ...training, adam, first, received: tensorChecksum(params) };
    const numSamples = stepsPerRound * samplesPerStep;
    try {
      if (await restoreAnswer(round, folder)) return { params: await toNamed(module), numSamples };
      await restoreMoments(round, folder);
      fromNamed(module, params);
      const loss = await takeSteps(round, folder, signal);
      return { params: await toNamed(module), numSamples, metrics: { loss } };
    } finally {
      adam.dispose();
      module.zeroGrad();
    }
  };
}
