import {
  boolean,
  fn,
  type Given,
  list,
  nested,
  oneOf,
  options,
  real,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import type { nn, Tensor } from "@deepgrain/tensor-gpu";
import { having, MoeError } from "../errors";
import { aTensor, tensorOrNull } from "../kinds";
import type { Gate } from "../router/top-k-gate";
import type { RouteObserver } from "./route-observers";

const routingProbe = options({
  /** Skip this many of each token's best experts and choose among the rest. */
  skipTop: whole({ min: 0 }, 0),
  /** Switch these experts off: no token may choose them. */
  without: list(real(), []),
  /** Give the experts that stand in for these the weight of those left out, in their own proportions. */
  keepMass: boolean(false),
  /** Choose this number of experts instead. */
  topK: whole({ min: 1 }),
  /** Leave the shared experts out. */
  withoutShared: boolean(false),
});

/** Changes to a layer's routing, for experiments. The weights stay as they are. */
export interface RoutingProbe extends Given<typeof routingProbe> {}

const auxLosses = ["off", "expert", "all"] as const;

/** Which balance losses a forward pass attaches while training. */
export type AuxLoss = (typeof auxLosses)[number];

/** The options of a pass. */
export const pass = options({
  /** Sequences of equal length that the rows of an input of two axes form; 1 by default. */
  sequences: whole({ min: 1 }),
  /**
   * As many elements as tokens, 0 masks one (padding): it gets no routed expert and is not part of any loss.
   */
  tokenMask: tensorOrNull,
  /** Balance losses to attach while training; the layer's `auxLoss` by default. */
  auxLoss: oneOf(auxLosses),
  /** The gradient that an attached loss receives; 1/n when gradients of n batches are averaged. */
  auxLossScale: real({}, 1),
  /** An experiment on the routing; the layer's by default. */
  probe: nested(routingProbe),
  /**
   * Receives the router's decision, with its gradient path; call `keep()` on tensors that must live longer. Once per
   * pass: inside `checkpoint` it is called in the first one, which has no gradient path.
   */
  onGate: fn<(gate: Gate) => void>(),
  /** A further loss of one element on the router's decision, attached like the balance losses with gradient 1; null for none. */
  gateLoss: fn<(gate: Gate) => Tensor | null>(),
  /** int32, one id per token: what Hash layers route by. Others ignore it. */
  tokenIds: aTensor,
});

export interface FeedForwardOptions extends Given<typeof pass> {}

/** The interface of expert layers and dense baselines, so that one model works with all of them. */
export interface FeedForward extends nn.Module {
  /** A label for reports, such as the layer's number. */
  name: string;
  /** @param x [batch, seq, d] or [tokens, d] @returns the shape of `x` */
  forward(x: Tensor, options?: FeedForwardOptions): Tensor;
  /** Calls `observer` at every pass in which this layer routes. @returns a function that stops it */
  onRoute(observer: RouteObserver): () => void;
}

/**
 * An input as rows of tokens.
 * @throws {MoeError} `ERR_SHAPE` for another width or a mask of another size, `ERR_RANGE` for sequences that do not divide
 */
export function tokensOf(
  where: string,
  x: Tensor,
  hiddenSize: number,
  { sequences, tokenMask }: Pick<Settled<typeof pass>, "sequences" | "tokenMask">,
): { rows: Tensor; sequences: number } {
  having(where, "x", x, "shape");
  if ((x.rank !== 2 && x.rank !== 3) || x.shape.at(-1) !== hiddenSize)
    throw new MoeError(
      "ERR_SHAPE",
      `moe/${where}: x must have shape [batch, seq, ${hiddenSize}] or [tokens, ${hiddenSize}], got [${x.shape.join(", ")}]`,
      { fields: { shape: x.shape, hiddenSize } },
    );
  const tokens = x.size / hiddenSize;
  const count = x.rank === 3 ? x.shape[0]! : (sequences ?? 1);
  if (x.rank === 2 && tokens % count !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: ${count} sequences must divide ${tokens} tokens`,
      { fields: { sequences: count, tokens } },
    );
  if (tokenMask && tokenMask.size !== tokens)
    throw new MoeError(
      "ERR_SHAPE",
      `moe/${where}: tokenMask must have ${tokens} elements, one per token, got [${tokenMask.shape.join(", ")}]`,
      { fields: { shape: tokenMask.shape, tokens } },
    );
  return { rows: x.reshape([tokens, hiddenSize]), sequences: count };
}
