import type { Values } from "@deepgrain/command-line/flags/flags";
import type { Dataset, FitTask, Transport } from "@deepgrain/fedlt";
import { imageSets, networks } from "@deepgrain/studies/redgrape/image-sets";
import { settingsFor } from "@deepgrain/studies/redgrape/recipe";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import type { splitFlags } from "./flags";
import { type Pictures, splitOf } from "./pictures";

/** Name of the terms among a task's settings. */
const KEY = "split";

const termsSchema = z.strictObject({
  /** Which pictures are dealt out, and the SHA-256 of their bytes. */
  set: z.enum(imageSets),
  pictures: z.string(),
  network: z.enum(networks),
  /** Index of the client's share, and the number of shares. */
  share: z.int().min(0),
  clients: z.int().min(1),
  largest: z.int().min(1),
  ratio: z.number(),
  partition: z.enum(["prior-scaled", "class-wise"]),
  alpha: z.number(),
  seed: z.int().min(0),
});

/** How the pictures of a federation are dealt out, and which share is a client's. */
export type SplitTerms = z.infer<typeof termsSchema>;

/** The terms of every client, in the order of their names. */
export function termsOf(
  { set, network, fingerprint }: Pictures,
  given: Values<typeof splitFlags>,
  names: readonly string[],
): ReadonlyMap<string, SplitTerms> {
  const { largest, ratio } = settingsFor("default", set);
  const common = {
    set,
    pictures: fingerprint.sha256,
    network,
    clients: names.length,
    largest: given.largest ?? largest,
    ratio: given.ratio ?? ratio,
    partition: given.partition,
    alpha: given.alpha,
    seed: given.seed,
  };
  return new Map(names.map((name, share) => [name, { ...common, share }]));
}

/** A transport that sends each client its terms with every task. */
export function withTerms(transport: Transport, terms: ReadonlyMap<string, SplitTerms>): Transport {
  return {
    ready: () => transport.ready?.() ?? Promise.resolve(),
    nodes: () => transport.nodes(),
    onEvent: (listener) => transport.onEvent(listener),
    close: () => transport.close(),
    send(clientId, task, options) {
      const config = { ...task.config, [KEY]: terms.get(clientId) };
      return transport.send(clientId, { ...task, config }, options);
    },
  };
}

/** The terms of a task. @throws {UsageError} for a coordinator that sends none */
export function termsIn({ config }: Pick<FitTask, "config">): SplitTerms {
  const { data } = termsSchema.safeParse(config[KEY]);
  if (data) return data;
  throw new UsageError(
    "this coordinator does not say how pictures are dealt out: give --all to train on all of --folder",
  );
}

/**
 * The share of the pictures that is a client's by its terms.
 * @throws {UsageError} for other pictures than the coordinator's
 */
export function shareOf(pictures: Omit<Pictures, "network">, terms: SplitTerms): Dataset {
  const { set, pictures: sha256, network, share, ...given } = terms;
  if (pictures.set !== set)
    throw new UsageError(
      `--data: the coordinator deals out ${set}, this client has ${pictures.set}; give --data ${set}`,
    );
  if (pictures.fingerprint.sha256 !== sha256)
    throw new UsageError(
      `--folder: the pictures of ${set} are not the coordinator's: SHA-256 ${pictures.fingerprint.sha256}, expected ${sha256}`,
    );
  return splitOf(pictures, given).clients[share]!;
}
