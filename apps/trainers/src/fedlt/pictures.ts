import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  type Dataset,
  FedError,
  type LocalConfig,
  type LongTailSplit,
  splitLongTail,
} from "@deepgrain/fedlt";
import { type ImageData, readPictures } from "@deepgrain/studies/redgrape/image-data";
import { type ImageSet, imageSets, type Network } from "@deepgrain/studies/redgrape/image-sets";
import { settingsFor } from "@deepgrain/studies/redgrape/recipe";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { methodFlags, splitFlags } from "./flags";

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

/** Deals the training pictures out. @throws {UsageError} when a class has too few */
export function splitOf(
  { train, set }: { train: Dataset; set: ImageSet },
  { clients, partition, alpha, seed, ...given }: Dealing,
): LongTailSplit {
  const { largest, ratio } = settingsFor("default", set);
  const most = given.largest ?? largest;
  try {
    return splitLongTail(train, {
      largest: most,
      ratio: given.ratio ?? ratio,
      clients,
      partition,
      alpha,
      seed,
      rounding: "floor",
    });
  } catch (cause) {
    if (!FedError.isInstance(cause) || !cause.problem.startsWith("counts[")) throw cause;
    const message = `--largest ${most}: a class of ${set} has fewer images than such a split needs`;
    throw new UsageError(message, { cause });
  }
}

/** How clients train. */
export const localOf = ({ epochs, batchSize }: Values<typeof methodFlags>): LocalConfig => ({
  ...settingsFor("default", "mnist").local,
  epochs,
  batchSize,
});
