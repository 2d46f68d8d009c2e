import {
  boolean,
  nested,
  options,
  real,
  required,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import { type Generator, noGrad, rand, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { MoeError } from "../errors";
import type { Gate } from "../router/top-k-gate";
import { type Choices, type Dropped, dropTokens, limitCapacity } from "./drop-tokens";

const byDevice = options({
  /** Devices of consecutive experts; divides the experts. */
  devices: required(whole({ min: 1 })),
  /** Each device takes at most this multiple of the mean load. */
  capacityFactor: real({ min: 0 }, 1),
  /** Share of the sequences that keep all their choices. */
  exemptShare: real({ min: 0, max: 1 }, 0.1),
});

/** The choices that a layer drops during training. Nothing is dropped in evaluation. */
export const dropping = options({
  /** Device-level dropping by affinity. */
  tokens: nested(byDevice),
  /** Expert-level capacity in order of tokens; this many times the mean load, counted before second choices are drawn. */
  expertCapacity: real({ min: 0 }),
  /** A second choice is kept with probability min(1, 2·its weight); needs `topK` 2. */
  randomSecond: boolean(false),
});

function choicesOf(gate: Gate): Choices {
  if (!gate.ids.canReadSync)
    throw new MoeError(
      "ERR_BACKEND",
      `moe/drop: dropping tokens needs a backend that answers at once, got ${gate.ids.backendName}`,
      { fields: { backend: gate.ids.backendName } },
    );
  const affinities = noGrad(() => gate.scores.detach().gather(-1, gate.ids.maximum(0)));
  return {
    ids: gate.ids.dataSync(),
    affinities: affinities.dataSync(),
    topK: gate.ids.shape[1]!,
    experts: gate.scores.shape[1]!,
  };
}

const uniform = (count: number, generator: Generator): ArrayLike<number> =>
  rand([count], { generator }).dataSync();

/** Second choices that are dropped at random. @see Lepikhin et al. 2021, algorithm 1, line 15 */
function drawSeconds(choices: Choices, weights: ArrayLike<number>, generator: Generator): Choices {
  const ids = Int32Array.from(choices.ids);
  const draws = uniform(ids.length / 2, generator);
  for (let token = 0; token < draws.length; token++)
    if (2 * weights[2 * token + 1]! <= draws[token]!) ids[2 * token + 1] = -1;
  return { ...choices, ids };
}

/**
 * The ids that remain after dropping, and the share that was dropped. All randomness comes from `generator`.
 * @param sequences sequences that the tokens form; whole sequences are exempt
 * @throws {MoeError} `ERR_BACKEND` on a backend that cannot be read synchronously
 */
export function applyDrops(
  gate: Gate,
  { tokens: byDevice, expertCapacity, randomSecond }: Partial<Settled<typeof dropping>>,
  sequences: number,
  generator: Generator,
): { ids: Tensor; fraction: number } {
  let choices = choicesOf(gate);
  const count = (ids: ArrayLike<number>) => Array.from(ids).filter((id) => id >= 0).length;
  const before = count(choices.ids);
  const keepOnly = ({ ids }: Pick<Dropped, "ids">) => {
    choices = { ...choices, ids };
  };
  if (randomSecond) choices = drawSeconds(choices, gate.weights.detach().dataSync(), generator);
  if (expertCapacity !== undefined)
    keepOnly(limitCapacity(choices, { capacityFactor: expertCapacity, wanted: before }));
  if (byDevice) {
    const { exemptShare, ...options } = byDevice;
    const draws = uniform(sequences, generator);
    const length = gate.ids.shape[0]! / sequences;
    const isExempt = (token: number) => draws[Math.floor(token / length)]! < exemptShare;
    keepOnly(dropTokens(choices, { ...options, isExempt }));
  }
  const fraction = before === 0 ? 0 : 1 - count(choices.ids) / before;
  return { ids: tensor(choices.ids, { shape: gate.ids.shape, dtype: "int32" }), fraction };
}
