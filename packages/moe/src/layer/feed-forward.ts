import type { nn, Tensor } from "@deepgrain/tensor-gpu";
import { MoeError, optionsOf, refuseUnknown, whole } from "../errors";
import type { Gate } from "../router/top-k-gate";
import type { AuxLoss } from "./moe-config";
import type { RouteObserver } from "./route-observers";

/** Changes to a layer's routing, for experiments. The weights stay as they are. */
export interface RoutingProbe {
  /** Skip this many of each token's best experts and choose among the rest. Default 0. */
  skipTop?: number | undefined;
  /** Switch these experts off: no token may choose them. Default none. */
  without?: readonly number[] | undefined;
  /** Give the experts that stand in for these the weight of those left out, in their own proportions. Default false. */
  keepMass?: boolean | undefined;
  /** Choose this number of experts instead. */
  topK?: number | undefined;
  /** Leave the shared experts out. Default false. */
  withoutShared?: boolean | undefined;
}

export interface FeedForwardOptions {
  /** Sequences of equal length that the rows of an input of two axes form. Default 1. */
  sequences?: number | undefined;
  /**
   * As many elements as tokens, 0 masks one (padding): it gets no routed expert and is not part of any loss. Default
   * null.
   */
  tokenMask?: Tensor | null | undefined;
  /** Balance losses to attach while training. Default: the layer's `auxLoss`. */
  auxLoss?: AuxLoss | undefined;
  /** The gradient that an attached loss receives; 1/n when gradients of n batches are averaged. Default 1. */
  auxLossScale?: number | undefined;
  /** An experiment on the routing. Default: the layer's, else none. */
  probe?: RoutingProbe | undefined;
  /**
   * Receives the router's decision, with its gradient path; call `keep()` on tensors that must live longer. Once per
   * pass: inside `checkpoint` it is called in the first one, which has no gradient path.
   */
  onGate?: ((gate: Gate) => void) | undefined;
  /** A further loss of one element on the router's decision, attached like the balance losses with gradient 1; null for none. */
  gateLoss?: ((gate: Gate) => Tensor | null) | undefined;
  /** int32, one id per token: what Hash layers route by. Others ignore it. */
  tokenIds?: Tensor | undefined;
}

/** The interface of expert layers and dense baselines, so that one model works with all of them. */
export interface FeedForward extends nn.Module {
  /** A label for reports, such as the layer's number. */
  name: string;
  /** @param x [batch, seq, d] or [tokens, d] @returns the shape of `x` */
  forward(x: Tensor, options?: FeedForwardOptions): Tensor;
  /** Calls `observer` at every pass in which this layer routes. @returns a function that stops it */
  onRoute(observer: RouteObserver): () => void;
}

/** Refuses what is no option of a pass. @throws {MoeError} `ERR_ARGUMENT` */
export function checkPass(options: FeedForwardOptions): void {
  const {
    sequences: _,
    tokenMask: _mask,
    auxLoss: _loss,
    auxLossScale: _scale,
    probe: _probe,
    onGate: _gate,
    gateLoss: _further,
    tokenIds: _ids,
    ...rest
  } = optionsOf("forward", options);
  refuseUnknown("forward", rest);
}

/**
 * An input as rows of tokens.
 * @throws {MoeError} `ERR_SHAPE` for another width or a mask of another size, `ERR_RANGE` for sequences that do not divide
 */
export function tokensOf(
  where: string,
  x: Tensor,
  hiddenSize: number,
  { sequences, tokenMask = null }: FeedForwardOptions,
): { rows: Tensor; sequences: number } {
  if ((x.rank !== 2 && x.rank !== 3) || x.shape.at(-1) !== hiddenSize)
    throw new MoeError(
      "ERR_SHAPE",
      `moe/${where}: x must have shape [batch, seq, ${hiddenSize}] or [tokens, ${hiddenSize}], got [${x.shape.join(", ")}]`,
      { fields: { shape: x.shape, hiddenSize } },
    );
  const tokens = x.size / hiddenSize;
  const count = x.rank === 3 ? x.shape[0]! : (sequences ?? 1);
  if (tokens > 0) whole(where, "sequences", count, { min: 1 });
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
