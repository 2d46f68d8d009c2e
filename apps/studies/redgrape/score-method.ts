import {
  type Dataset,
  type Encoder,
  type StrategyScore,
  scoreStrategy,
  splitLongTail,
} from "@deepgrain/fedlt";
import type { RunEvent } from "@deepgrain/lab";
import { z } from "zod";
import { type ImageData, imageData, rowsOfEachClass } from "./image-data";
import { imageEncoder } from "./image-encoder";
import type { MethodId } from "./method-ids";
import { type MethodSettings, strategyOf, tunedFor } from "./methods";
import type { FederationSettings, FederationSetup } from "./recipe";

const share = z.number();

/** The result of one federation: shares of the test rows that are right, means over the last rounds. */
export const scoreSchema = z.strictObject({
  accuracy: share,
  head: share,
  middle: share,
  tail: share,
  perClass: z.array(share),
  /** Of the sum of both heads; null where there is one head. */
  accuracyOfSum: share.nullable(),
  /** Accuracy after each tested round. */
  curve: z.array(z.tuple([z.int(), share])),
  bytesUp: z.int(),
  bytesDown: z.int(),
});

export type Score = z.infer<typeof scoreSchema>;

/** One method on one kind of split. */
export interface MethodRun {
  method: MethodId;
  /** Default: as tuned. */
  own?: MethodSettings;
  /** Differences from the study's setup. */
  setup?: Partial<FederationSetup>;
}

let loaded: { key: string; images: Promise<ImageData>; encoder: Promise<Encoder> } | undefined;

/** Pictures and network, made once per thread. */
function materials({ set, folder, network }: FederationSettings, signal: AbortSignal) {
  const key = JSON.stringify([set, folder, network]);
  if (loaded?.key !== key) {
    const images = imageData(set, { folder: folder ?? undefined, signal });
    const encoder = images.then(({ shape }) => imageEncoder(network, shape));
    loaded = { key, images, encoder };
  }
  return loaded;
}

/** Training rows and what they are tested on: the test rows, or the last training rows of each class. */
function rowsFor(
  { train, test }: ImageData,
  validation: number,
): { train: Dataset; test: Dataset } {
  if (validation === 0) return { train, test };
  return {
    train: rowsOfEachClass(train, (rows) => rows.slice(0, -validation)),
    test: rowsOfEachClass(train, (rows) => rows.slice(-validation)),
  };
}

/**
 * Trains one federation and tests it.
 * @yields an event per round
 */
export async function* scoreMethod(
  { method, own, setup }: MethodRun,
  seed: number,
  settings: FederationSettings,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, Score, void> {
  const { images, encoder } = materials(settings, signal);
  const { train, test } = rowsFor(await images, settings.validation);
  const { largest, ratio, clients, partition, alpha, rounds, clientsPerRound } = {
    ...settings,
    ...setup,
  };
  const options = { largest, ratio, clients, partition, alpha, rounding: "floor", seed } as const;
  const split = splitLongTail(train, options);
  const total = split.counts.reduce((sum, n) => sum + n, 0);
  const strategy = strategyOf(method, {
    local: settings.local,
    priors: split.counts.map((n) => n / total),
    settings: own ?? tunedFor(method, settings.set),
  });
  const events = scoreStrategy(strategy, {
    encoder: await encoder,
    clients: split.clients,
    test,
    rounds,
    seed,
    window: settings.window,
    signal,
    clientsPerRound: clientsPerRound ?? undefined,
  });
  for (;;) {
    const { done, value } = await events.next();
    if (done) return plain(value);
    yield { type: "progress", done: value.round / rounds, message: `round ${value.round}` };
  }
}

function plain({ strategy, seed, accuracyOfSum, ...score }: StrategyScore): Score {
  return scoreSchema.parse({ ...score, accuracyOfSum: accuracyOfSum ?? null });
}
