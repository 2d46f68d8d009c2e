import type { OptionNames } from "@deepgrain/support";
import { pickOptions } from "@deepgrain/support";
import { checkDataset, classCounts, type Dataset, rowsByClass, selectRows } from "../data/dataset";
import { FedError } from "../errors";
import { knownOptions } from "../known-options";
import { classLoss } from "../losses/class-loss";
import { sampled, shuffled } from "../random/draws";
import { stream } from "../random/stream";
import type { FitTask, FitUpdate, LocalTrain } from "../runtime/task";
import {
  checkTensors,
  type NamedTensors,
  type ReadonlyTensors,
  type TensorGroups,
} from "../tensors/named-tensors";
import { addScaled, clipToNorm, meanOf, subtract } from "../tensors/tensor-math";
import { classGradients, type HeadGradient } from "./class-gradients";
import { encodeRows } from "./encode-rows";
import type { Encoder } from "./encoder";
import { defaultHeads, type HeadNames, headOf } from "./heads";
import { completeLocalConfig, localConfigNames, type TaskConfig } from "./local-config";
import { timesTransposed } from "./matrix";
import { type BalancedStep, trainLocal } from "./train-local";

/** Options of `createTrainer`. */
export interface TrainerOptions {
  readonly encoder: Encoder;
  /** The client's rows, or a function that returns them by client id. */
  readonly data: Dataset | ((clientId: string) => Dataset | Promise<Dataset>);
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
  /** Mini-batches of an epoch as row indices; default: reshuffled in each epoch. */
  readonly batches?: (
    task: FitTask,
    data: Dataset,
    batchSize: number,
    epoch: number,
  ) => readonly (readonly number[])[];
  /** Rows of the balanced set; default: T random rows of each class with at least T. */
  readonly balancedRows?:
    | ((task: FitTask, data: Dataset, threshold: number) => readonly number[])
    | undefined;
}

const trainerOptionNames: OptionNames<TrainerOptions> = {
  encoder: true,
  data: true,
  heads: true,
  batches: true,
  balancedRows: true,
};

/** Class counts are sent in this unit, so that up to 524,288 rows stay within the ±8 of secure aggregation. */
const COUNT_UNIT = 65_536;

const shuffledBatches: NonNullable<TrainerOptions["batches"]> = (task, data, batchSize, epoch) => {
  const random = stream(task.seed, "batches", task.round, task.clientId, epoch);
  const order = shuffled(data.labels.keys(), random);
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
};

const randomBalancedRows: NonNullable<TrainerOptions["balancedRows"]> = (task, data, threshold) => {
  const random = stream(task.seed, "balanced", task.round, task.clientId);
  return rowsByClass(data.labels, data.classes)
    .filter((rows) => rows.length >= threshold)
    .flatMap((rows) => sampled(rows, threshold, random));
};

const asHeadGradient = (tensors: ReadonlyTensors, name: string): HeadGradient => ({
  weight: tensors.get(`${name}.weight`)!.data,
  bias: tensors.get(`${name}.bias`)!.data,
});

/** Classes with at least T rows; none for T = ∞. */
function ownClasses(data: Dataset, threshold: number | null): Set<number> {
  const counts = classCounts(data.labels, data.classes);
  return new Set(counts.flatMap((n, c) => (threshold !== null && n >= threshold ? [c] : [])));
}

/** Mean prototype of the classes outside `own`: as received, or computed from all prototypes. */
function missingPrototype(
  groups: TensorGroups,
  own: ReadonlySet<number>,
  name: string,
): HeadGradient | undefined {
  const sent = groups.get("missing-prototype");
  if (sent) return asHeadGradient(sent, name);
  const missing = [...groups].filter(
    ([group]) =>
      group.startsWith("prototype/") && !own.has(Number(group.slice("prototype/".length))),
  );
  return missing.length === 0 ? undefined : asHeadGradient(meanOf(missing.map(([, t]) => t)), name);
}

function balancedStepOf(
  task: FitTask,
  config: TaskConfig,
  data: Dataset,
  { heads = defaultHeads, balancedRows = randomBalancedRows }: TrainerOptions,
): BalancedStep | undefined {
  const { redgrape } = config;
  const hasPrototypes = [...task.groups.keys()].some((name) => name.includes("prototype"));
  // No prototypes have been reported yet: there is no balanced step, even where real rows would suffice.
  if (!redgrape || !(hasPrototypes || redgrape.realOnly)) return undefined;
  const { lambda, threshold, compat } = redgrape;
  const own = ownClasses(data, threshold);
  const rows = threshold === null || own.size === 0 ? [] : balancedRows(task, data, threshold);
  return {
    lambda,
    ownClasses: own.size,
    batch: rows.length > 0 ? selectRows(data, rows) : undefined,
    missing: missingPrototype(task.groups, own, heads.main),
    compat,
  };
}

/** Groups and metrics that the task requests, all computed with the received model. */
async function reports(
  task: FitTask,
  config: TaskConfig,
  data: Dataset,
  { encoder, heads = defaultHeads }: TrainerOptions,
) {
  const wanted = config.report ?? [];
  const groups = new Map<string, ReadonlyTensors>();
  const metrics: Record<string, number> = {};
  const needsFeatures = wanted.some(
    (name) => name !== "class-counts" && name !== "balanced-classes",
  );
  const features = needsFeatures
    ? await encodeRows(encoder, task.params, data)
    : new Float32Array(0);
  if (wanted.includes("prototypes")) {
    const head = headOf(task.params, heads.main, encoder.width);
    const random = stream(task.seed, "prototype-noise", task.round, task.clientId);
    const options = { name: heads.main, privacy: config.prototypePrivacy, random };
    for (const [c, tensors] of classGradients(features, data.labels, head, options))
      groups.set(`prototype/${c}`, tensors);
  }
  const federatedHead = task.groups.get("federated-head");
  if (wanted.includes("head-gradients") && federatedHead) {
    const draws = config.headGradientDraws && {
      ...config.headGradientDraws,
      random: stream(task.seed, "head-gradients", task.round, task.clientId),
    };
    const head = headOf(federatedHead, heads.main, encoder.width);
    for (const [c, tensors] of classGradients(features, data.labels, head, {
      name: heads.main,
      draws,
    }))
      groups.set(`head-gradient/${c}`, tensors);
  }
  if (wanted.includes("loss-before")) {
    const { weight, bias } = headOf(task.params, heads.main, encoder.width);
    const logits = timesTransposed(features, weight, encoder.width, bias);
    metrics["loss-before"] = classLoss(logits, data.labels).loss;
  }
  const perClass = (name: string, values: readonly number[]) =>
    groups.set(
      name,
      new Map([["values", { shape: [values.length], data: Float32Array.from(values) }]]),
    );
  if (wanted.includes("class-counts")) {
    const counts = classCounts(data.labels, data.classes);
    perClass(
      "class-counts",
      counts.map((count) => count / COUNT_UNIT),
    );
  }
  if (wanted.includes("balanced-classes")) {
    const own = ownClasses(data, config.redgrape?.threshold ?? null);
    perClass(
      "balanced-classes",
      Array.from({ length: data.classes }, (_, c) => (own.has(c) ? 1 : 0)),
    );
  }
  return { groups, metrics };
}

function checkClient(task: FitTask, data: Dataset, encoder: Encoder): void {
  const place = `client ${task.clientId}`;
  if (data.labels.length === 0)
    throw new FedError(
      "ERR_DATA",
      `fedlt/${place}: there is no data to train on; leave this client out of the federation`,
      {
        fields: { clientId: task.clientId },
      },
    );
  if (data.width !== encoder.inputWidth)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/${place}: rows must have ${encoder.inputWidth} numbers, got ${data.width}`,
    );
  checkDataset(place, data);
}

/**
 * A client's local training for all strategies of this package, from an encoder and labelled rows.
 *
 * @param options.encoder the part of the model below the heads
 * @param options.data the client's rows, or rows by client id (for simulations)
 * @throws {FedError} when called: `ERR_DATA` for a client without rows, `ERR_SHAPE` and `ERR_NOT_FINITE` for rows or
 *   weights that do not match, `ERR_RANGE` for settings
 */
export function createTrainer(options: TrainerOptions): LocalTrain {
  knownOptions("createTrainer", options, trainerOptionNames);
  const { encoder, heads = defaultHeads, batches = shuffledBatches } = options;
  const checked = new WeakSet<Dataset>();
  return async (task, { signal }): Promise<FitUpdate> => {
    const data =
      typeof options.data === "function" ? await options.data(task.clientId) : options.data;
    if (!checked.has(data)) checkClient(task, data, encoder);
    checked.add(data);
    checkTensors(`client ${task.clientId}`, task.params);
    const config = task.config as TaskConfig;
    const local = completeLocalConfig(pickOptions(config, localConfigNames));
    const reported = await reports(task, config, data, options);
    const outcome = await trainLocal(task.params, {
      encoder,
      heads,
      data,
      config: local,
      twoHeads: config.twoHeads ?? false,
      batches: (epoch) => batches(task, data, local.batchSize, epoch),
      balanced: balancedStepOf(task, config, data, options),
      keepGradients: config.redgrape?.compat.keepGradients ?? false,
      correction: task.groups.get("correction"),
      random: stream(task.seed, "dropout", task.round, task.clientId),
      signal,
    });
    return {
      params: clipUpdate(outcome.params, task.params, config.clipUpdate),
      numSamples: data.labels.length,
      groups: reported.groups,
      metrics: {
        ...reported.metrics,
        steps: outcome.steps,
        ...(Number.isNaN(outcome.loss) ? {} : { loss: outcome.loss }),
      },
    };
  };
}

/** DP-FedAvg: θ + clip(θ_k − θ). */
function clipUpdate(
  params: NamedTensors,
  received: ReadonlyTensors,
  limit: number | undefined,
): NamedTensors {
  if (limit === undefined) return params;
  return addScaled(received, clipToNorm(subtract(params, received), limit), 1);
}
