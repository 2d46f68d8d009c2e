import type { Random } from "../../federation/random/stream";
import type { PersonalModels } from "../../federation/runtime/personal-models";
import type { FitTask, FitUpdate, Json } from "../../federation/runtime/task";
import type { NamedTensors } from "../../federation/tensors/named-tensors";
import type { Dataset } from "../data/dataset";
import type { Encoder } from "./encoder";
import type { HeadNames } from "./heads";
import type { CompleteLocalConfig } from "./local-config";
import type { LocalTraining } from "./train-local";

/** Input of a strategy's part on the client. */
export interface PartInput {
  readonly task: FitTask;
  /** The part's settings, as the strategy put them into the task. */
  readonly settings: { readonly [key: string]: Json | undefined };
  /** How the client trains. */
  readonly local: CompleteLocalConfig;
  readonly data: Dataset;
  readonly encoder: Encoder;
  readonly heads: HeadNames;
  /** Features of all rows under the received model, shape [rows, d]; computed once. */
  readonly features: () => Promise<Float32Array>;
  /** Rows of RedGrape's balanced set, if the trainer was given a choice of them. */
  readonly balancedRows?:
    | ((task: FitTask, data: Dataset, threshold: number) => readonly number[])
    | undefined;
  /** Row indices of each mini-batch of an epoch. */
  readonly batches: LocalTraining["batches"];
  /** Where this client keeps a model of its own, if the trainer was given a place. */
  readonly personal?: PersonalModels | undefined;
  /** The random numbers of the training itself. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** The changes of a training that a part may make. */
type Changes = Partial<
  Pick<LocalTraining, "twoHeads" | "correction" | "extra" | "keepGradients" | "onFeatures">
>;

/**
 * A strategy's part on the client: reports that are computed with the received model, changes of the training, and of
 * its result. The trainer knows no strategy; it calls the part that the task names.
 */
export interface ClientPart {
  report?(
    input: PartInput,
  ): Pick<FitUpdate, "groups" | "metrics"> | Promise<Pick<FitUpdate, "groups" | "metrics">>;
  training?(input: PartInput): Changes | Promise<Changes>;
  finish?(
    params: NamedTensors,
    input: PartInput,
  ): Pick<FitUpdate, "params" | "groups"> | Promise<Pick<FitUpdate, "params" | "groups">>;
}

/** One number per class as a group of an update. */
export function perClass(values: readonly number[]): NamedTensors {
  return new Map([["values", { shape: [values.length], data: Float32Array.from(values) }]]);
}
