import { FedError, having, optionsOf, refuseUnknown } from "../../errors";
import { shuffled } from "../../federation/random/draws";
import { stream } from "../../federation/random/stream";
import type { PersonalModels } from "../../federation/runtime/personal-models";
import type { FitTask, FitUpdate, LocalTrain } from "../../federation/runtime/task";
import { checkTensors } from "../../federation/tensors/named-tensors";
import { checkDataset, type Dataset } from "../data/dataset";
import { clientParts } from "../strategies/client-parts";
import type { ClientPart, PartInput } from "./client-part";
import { encodeRows } from "./encode-rows";
import type { Encoder } from "./encoder";
import { defaultHeads, type HeadNames } from "./heads";
import { completeLocalConfig, type TaskConfig } from "./local-config";
import { trainLocal } from "./train-local";

/** Options of `createTrainer`. */
export interface TrainerOptions {
  readonly encoder: Encoder;
  /** The client's rows, or a function that returns them by client id. */
  readonly data: Dataset | ((clientId: string) => Dataset | Promise<Dataset>);
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
  /** Mini-batches of an epoch as row indices; default: reshuffled in each epoch. */
  readonly batches?:
    | ((
        task: FitTask,
        data: Dataset,
        batchSize: number,
        epoch: number,
      ) => readonly (readonly number[])[])
    | undefined;
  /** Rows of RedGrape's balanced set; default: T random rows of each class with at least T. */
  readonly balancedRows?:
    | ((task: FitTask, data: Dataset, threshold: number) => readonly number[])
    | undefined;
  /** Where clients keep their personal models, for Ditto: `personalFolder(folder)`, or `memoryPersonalModels()`. */
  readonly personal?: PersonalModels | undefined;
}

const trainerOptionNames: readonly (keyof TrainerOptions)[] = [
  "encoder",
  "data",
  "heads",
  "batches",
  "balancedRows",
  "personal",
];

const shuffledBatches: NonNullable<TrainerOptions["batches"]> = (task, data, batchSize, epoch) => {
  const random = stream(task.seed, "batches", task.round, task.clientId, epoch);
  const order = shuffled(data.labels.keys(), random);
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
};

/** The client part that a task names. @throws {FedError} `ERR_ARGUMENT` for one that this version does not have */
function partOf({ part }: TaskConfig): ClientPart {
  if (part === undefined) return {};
  const found = Object.hasOwn(clientParts, part.name) ? clientParts[part.name] : undefined;
  if (found) return found;
  throw new FedError(
    "ERR_ARGUMENT",
    `fedlt/createTrainer: there is no client part ${String(part.name)}; install the version of @deepgrain/fedlt that the coordinator has`,
    { fields: { part: part.name } },
  );
}

/** A value that is computed when it is first asked for. */
function once<T>(compute: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= compute();
    return value;
  };
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
  const {
    encoder,
    data: given,
    heads = defaultHeads,
    batches = shuffledBatches,
    balancedRows,
    personal,
    ...rest
  } = optionsOf("createTrainer", options);
  refuseUnknown("createTrainer", rest, trainerOptionNames);
  if (personal !== undefined) having("createTrainer", "personal", personal, "load", "save");
  having("createTrainer", "encoder", encoder, "encode", "width");
  if (typeof given !== "function") having("createTrainer", "data", given, "inputs", "labels");
  const checked = new WeakSet<Dataset>();
  return async (task, { signal }): Promise<FitUpdate> => {
    const data = typeof given === "function" ? await given(task.clientId) : given;
    if (!checked.has(data)) checkClient(task, data, encoder);
    checked.add(data);
    checkTensors(`client ${task.clientId}`, task.params);
    const config = task.config as TaskConfig;
    // A strategy of the user's own may put more into a task.
    const { part: settings, lr, momentum, epochs, batchSize, clip, mu, loss } = config;
    const local = completeLocalConfig({ lr, momentum, epochs, batchSize, clip, mu, loss });
    const part = partOf(config);
    const random = stream(task.seed, "dropout", task.round, task.clientId);
    const features = once(() => encodeRows(encoder, task.params, data, { signal }));
    const batchesOf = (epoch: number) => batches(task, data, local.batchSize, epoch);
    const input = {
      task,
      settings: (settings ?? {}) as PartInput["settings"],
      local,
      data,
      encoder,
      heads,
      features,
      balancedRows,
      batches: batchesOf,
      personal,
      random,
      signal,
    };
    const { groups, metrics } = (await part.report?.(input)) ?? {};
    const outcome = await trainLocal(task.params, {
      encoder,
      heads,
      data,
      config: local,
      twoHeads: false,
      batches: batchesOf,
      random,
      signal,
      ...(await part.training?.(input)),
    });
    const finished = await part.finish?.(outcome.params, input);
    const counted = { ...metrics, steps: outcome.steps };
    return {
      params: finished?.params ?? outcome.params,
      numSamples: data.labels.length,
      groups: new Map([...(groups ?? []), ...(finished?.groups ?? [])]),
      metrics: Number.isNaN(outcome.loss) ? counted : { ...counted, loss: outcome.loss },
    };
  };
}
