import type { TinyDecoder } from "@deepgrain/bench/workloads";
import { MoeLayer, monitorLoad, type RoutingProbe } from "@deepgrain/moe";
import { crossEntropy, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { nextTurn } from "../../cli/next-turn";
import type { ByteBatch } from "./corpus";
import type { TrainingResult } from "./training-result";

/** The mean cross-entropy of a batch, a scalar. */
export function batchLoss(
  model: TinyDecoder,
  { ids, targets, batch, length }: ByteBatch,
  probe?: RoutingProbe,
): Tensor {
  const shape = [batch, length];
  const logits = model.forward(tensor(ids, { shape }), { ...(probe && { probe }) });
  return crossEntropy(logits, tensor(targets, { shape }));
}

/** The mean cross-entropy over batches of one size, in nats. `afterBatch` runs after each. */
export async function meanLoss(
  model: TinyDecoder,
  batches: readonly ByteBatch[],
  {
    signal,
    afterBatch,
    probe,
  }: { signal: AbortSignal; afterBatch?: () => Promise<void>; probe?: RoutingProbe },
): Promise<number> {
  let total = 0;
  const wasTraining = model.training;
  model.eval();
  try {
    for (const batch of batches) {
      signal.throwIfAborted();
      const loss = tidy(() => noGrad(() => batchLoss(model, batch, probe)));
      total += await loss.item();
      loss.dispose();
      await afterBatch?.();
      await nextTurn();
    }
  } finally {
    model.train(wasTraining);
  }
  return total / batches.length;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sixteenths of the routed experts that experiment A-5 disables. */
const SIXTEENTHS = [0, 1, 2, 3, 4];

/**
 * The shares of `experts` that experiment A-5 can disable: those within a quarter of a whole expert, since a layer of few
 * experts has no sixteenth.
 */
export function disabledShares(experts: number): { sixteenths: number; skipped: number }[] {
  return SIXTEENTHS.map((sixteenths) => ({
    sixteenths,
    skipped: Math.round((sixteenths * experts) / 16),
    error: Math.abs(Math.round((sixteenths * experts) / 16) - (sixteenths * experts) / 16),
  }))
    .filter(({ error }) => error <= 0.25)
    .map(({ sixteenths, skipped }) => ({ sixteenths, skipped }));
}

type Probed = Pick<TrainingResult, "disabled" | "withoutShared">;

async function probe(
  model: TinyDecoder,
  batches: readonly ByteBatch[],
  signal: AbortSignal,
): Promise<Probed> {
  const layer = model.feedForwards.find((one) => one instanceof MoeLayer)!;
  const { experts, topK, sharedExperts = 0 } = layer.config;
  const lossUnder = (change: RoutingProbe) => meanLoss(model, batches, { signal, probe: change });
  const disabled: Probed["disabled"] = [];
  for (const share of disabledShares(experts))
    disabled.push({ ...share, loss: await lossUnder({ skipTop: share.skipped }) });
  const withoutShared =
    sharedExperts > 0 ? await lossUnder({ withoutShared: true, topK: topK + 1 }) : null;
  return { disabled, withoutShared };
}

type Measured = Probed & Pick<TrainingResult, "loss" | "maxVio" | "maxVioBatch">;

/**
 * Loss and balance on held-out text; with `isProbed`, also the loss with experts disabled. The model is left as it was.
 */
export async function measureModel(
  model: TinyDecoder,
  batches: readonly ByteBatch[],
  { isProbed, signal }: { isProbed: boolean; signal: AbortSignal },
): Promise<Measured> {
  const monitor = monitorLoad(model.feedForwards);
  try {
    const loss = await meanLoss(model, batches, { signal, afterBatch: () => monitor.endStep() });
    const loads = monitor.report();
    const probed = isProbed
      ? await probe(model, batches, signal)
      : { disabled: [], withoutShared: null };
    return {
      loss,
      maxVio: mean(loads.map(({ maxVioGlobal }) => maxVioGlobal)),
      maxVioBatch: mean(loads.map(({ maxVioBatch }) => maxVioBatch)),
      ...probed,
    };
  } finally {
    monitor.dispose();
  }
}
