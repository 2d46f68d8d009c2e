import { MoeLayer } from "@deepgrain/moe";
import { inference, type Tensor } from "@deepgrain/tensor-gpu";
import { DecoderBlock } from "../model/decoder-block";
import type { LatentMode } from "../model/forward-context";
import type { Gpt2Block } from "../model/gpt2";
import { LatentAttention } from "../model/latent-attention";
import type { LayerShape } from "./page-pool";
import { prepareAttention } from "./prepared-attention";
import { prepareExpandedAttention } from "./prepared-expanded";
import { prepareLatentAttention } from "./prepared-latent";
import { type AnyNorm, prepareNorm, type Release } from "./prepared-layers";
import { type PreparedMlp, prepareMlp } from "./prepared-mlp";
import { onwardStep, type Step } from "./step";

/** A part of a block. */
interface BlockPart {
  /**
   * Adds to the residual stream of the rows that go on.
   * @param x the residual stream @param onward the same of the rows in `step.onward`, if there are any
   */
  run(x: Tensor, step: Step, onward?: Tensor): void;
  /** Whether its kernels differ from step to step: experts are chosen by values. */
  isLive: boolean;
}

/** One block: attention, then the feed-forward part. */
export interface PreparedBlock {
  shape: LayerShape;
  parts: readonly BlockPart[];
}

/** x += factor · after(part(before(x))): a branch with a norm before it, after it, or both. */
function prepareBranch(
  { before, after }: { before: AnyNorm | null; after: AnyNorm | null },
  part: PreparedMlp,
  factor: number,
  release: Release,
): BlockPart["run"] {
  const [normBefore, normAfter] = [before, after].map((norm) => norm && prepareNorm(norm, release));
  return (x, step, onward = x) => {
    const width = x.shape[1]!;
    const input = normBefore ? step.space.get("normed", width) : x;
    normBefore?.(input, x, step.space);
    if (!normAfter && factor === 1) return part(onward, input, step, true);
    const { space } = onwardStep(step);
    const output = space.get("branch", width);
    part(output, input, step, false);
    normAfter?.(output, output, space);
    if (factor !== 1) inference.scaleInto(output, factor);
    inference.combineInto("add", onward, onward, output);
  };
}

/** A block of any family. @param latentAttention how latent attention is computed, where the block has it */
export function prepareBlock(
  block: DecoderBlock | Gpt2Block,
  release: Release,
  latentAttention: LatentMode,
): PreparedBlock {
  const { attention: own, attentionNorms, mlpNorms, mlp } = block;
  const factor = block instanceof DecoderBlock ? block.residualFactor : 1;
  const prepareLatent =
    latentAttention === "naive" ? prepareExpandedAttention : prepareLatentAttention;
  const attention =
    own instanceof LatentAttention ? prepareLatent(own, release) : prepareAttention(own, release);
  const feedForward = prepareMlp(mlp, release);
  return {
    shape: attention.shape,
    parts: [
      {
        run: prepareBranch(attentionNorms, attention.run, factor, release),
        isLive: false,
      },
      {
        run: prepareBranch(mlpNorms, feedForward, factor, release),
        isLive: mlp instanceof MoeLayer,
      },
    ],
  };
}
