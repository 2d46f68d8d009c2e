import type { LocalConfig, PartitionName } from "@deepgrain/fedlt";
import type { WithData } from "../shared/with-data";
import type { ImageSet, Network } from "./image-sets";

/** How rows are dealt out and how long a federation trains. */
export interface FederationSetup {
  /** Rows of the largest class. */
  largest: number;
  /** IR. */
  ratio: number;
  /** K. */
  clients: number;
  /** S; null for all. */
  clientsPerRound: number | null;
  partition: PartitionName;
  /** Of the Dirichlet draws. */
  alpha: number;
  rounds: number;
}

/** Settings of the study, the same for all its runs. */
export interface FederationSettings extends FederationSetup, WithData {
  size: "quick" | "default" | "full";
  set: ImageSet;
  folder: string | null;
  network: Network;
  local: LocalConfig;
  /** Rounds whose mean accuracy is the score. */
  window: number;
  /** Rows per class taken from the training rows to tune on; 0: the test rows count. */
  validation: number;
}

/** The clients' rate that settings of methods are compared at. */
export const COMMON_RATE = 0.05;

/** E 2, B 32, momentum 0.9, gradients clipped at 1, no FedProx. */
const local: LocalConfig = { lr: COMMON_RATE, momentum: 0.9, epochs: 2, batchSize: 32, clip: 1 };

const bench: FederationSettings = {
  size: "default",
  set: "fashion-mnist",
  folder: null,
  network: "mlp",
  largest: 2000,
  ratio: 100,
  clients: 10,
  clientsPerRound: null,
  partition: "prior-scaled",
  alpha: 1,
  rounds: 100,
  local,
  window: 5,
  validation: 0,
  data: {},
};

/** Settings that differ by data set: 700 digits per class are for training. */
const bySet: Readonly<Record<ImageSet, Partial<FederationSettings>>> = {
  "fashion-mnist": {},
  mnist: { largest: 700, ratio: 50 },
  "cifar-10": { largest: 5000, network: "cnn" },
};

/** The settings of a size for a data set. */
export function settingsFor(size: FederationSettings["size"], set: ImageSet): FederationSettings {
  return { ...bench, ...bySet[set], size, set, ...(size === "quick" && { rounds: 20 }) };
}

/** Paired seeds of each size. */
export const seedCounts = { quick: 1, default: 8, full: 5 };

/** Seeds that no comparison uses. */
export const tuningSeeds = [101, 102, 103];

/** The settings that methods are tuned at: the comparison's, with validation rows for the test rows. */
export function tuningSettings(set: ImageSet): FederationSettings {
  const settings = settingsFor("default", set);
  const validation = set === "mnist" ? 100 : 200;
  return {
    ...settings,
    validation,
    largest: Math.min(settings.largest, (set === "mnist" ? 700 : 5000) - validation),
  };
}
