import {
  type Dataset,
  type LocalConfig,
  type LongTailSplit,
  splitLongTail,
} from "@deepgrain/fedlt";
import { fields } from "@deepgrain/fedlt/fields";
import { type ImageData, readPictures } from "@deepgrain/studies/redgrape/image-data";
import { type Network, networks } from "@deepgrain/studies/redgrape/image-encoder";
import { type ImageSet, imageSets, pictureHelp } from "@deepgrain/studies/redgrape/image-sets";
import { methodIds } from "@deepgrain/studies/redgrape/methods";
import { settingsFor } from "@deepgrain/studies/redgrape/recipe";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { guardFlags } from "./guard-flags";

const { clients, ...dealing } = flagsFrom(fields.split);

/** Which pictures there are. */
export const pictureFlags = {
  data: flags.choice(imageSets, { help: pictureHelp.data }),
  folder: flags.folder({ help: pictureHelp.folder }),
};

/** Which pictures there are and how they are dealt out; a coordinator tells its clients. */
export const splitFlags = {
  ...pictureFlags,
  network: flags.choice(networks, {
    help: "Network below the classifier: mlp, or cnn (the default for cifar-10)",
  }),
  clients,
  largest: flags.whole({
    min: 1,
    help: "Images in the largest class; by default 700 for mnist, 2000 for fashion-mnist, 5000 for cifar-10",
  }),
  ratio: flags.real({
    min: 1,
    help: "Size of the largest class over the smallest; by default 50 for mnist, otherwise 100",
  }),
  ...dealing,
};

/** How a federation learns. */
export const methodFlags = {
  method: flags.choice(methodIds, {
    default: "redgrape",
    help: "The strategy, with its tuned settings",
  }),
  rounds: flags.whole({ min: 1, default: 100, help: "Total number of rounds" }),
  clientsPerRound: flags.whole({ min: 1, help: "Clients drawn for each round; all by default" }),
  epochs: flags.whole({ min: 1, default: 2, help: "Local epochs" }),
  batchSize: flags.whole({ min: 1, default: 32, help: "Images per local batch" }),
  lr: flags.real({ help: "Clients' learning rate; by default 0.05, or the method's tuned one" }),
  ...guardFlags,
  evaluateEvery: flags.whole({ min: 1, default: 5, help: "Rounds between tests" }),
};

/** Names of `count` members of a federation, in order: client-0 and so on. */
export const clientNames = (count: number, kind: "client" | "worker" = "client"): string[] => {
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, k) => `${kind}-${String(k).padStart(digits, "0")}`);
};

/** The images that clients train on and that test the model. */
export interface Pictures extends ImageData {
  set: ImageSet;
  network: Network;
}

/** Reads the pictures; digits where no set is named. @throws {UsageError} for a set without its files */
export async function picturesOf(
  {
    data,
    folder,
    network,
  }: Pick<Values<typeof splitFlags>, "data" | "folder"> & { network?: Network | undefined },
  signal: AbortSignal,
): Promise<Pictures> {
  const pictures = await readPictures({ data, folder }, { set: imageSets[0], signal });
  return { ...pictures, network: network ?? settingsFor("default", pictures.set).network };
}

/** How pictures are dealt out. */
type Dealing = Pick<
  Values<typeof splitFlags>,
  "clients" | "largest" | "ratio" | "partition" | "alpha" | "seed"
>;

/** Deals the training pictures out. @throws {FedError} `ERR_RANGE` when a class has too few */
export function splitOf(
  { train, set }: { train: Dataset; set: ImageSet },
  { clients, partition, alpha, seed, ...given }: Dealing,
): LongTailSplit {
  const { largest, ratio } = settingsFor("default", set);
  return splitLongTail(train, {
    largest: given.largest ?? largest,
    ratio: given.ratio ?? ratio,
    clients,
    partition,
    alpha,
    seed,
    rounding: "floor",
  });
}

/** How clients train. */
export const localOf = ({ epochs, batchSize }: Values<typeof methodFlags>): LocalConfig => ({
  ...settingsFor("default", "mnist").local,
  epochs,
  batchSize,
});
