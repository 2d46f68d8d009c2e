import type { TinyDecoder } from "@deepgrain/bench/workloads";
import { MoeLayer, monitorLoad, type RoutingProbe } from "@deepgrain/moe";
import { takeTurn } from "@deepgrain/support";
import { crossEntropy, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { rowsOf, type TokenBatch } from "./corpus";
import type { TrainingResult } from "./training-result";

/** The mean cross-entropy of a batch, a scalar. */
export function batchLoss(
  model: TinyDecoder,
  { ids, targets, batch, length }: TokenBatch,
  probe?: RoutingProbe,
): Tensor {
  const shape = [batch, length];
  const logits = model.forward(tensor(ids, { shape }), { ...(probe && { probe }) });
  return crossEntropy(logits, tensor(targets, { shape }));
}

/** The mean cross-entropy over batches of one size, in nats. `afterBatch` runs after each. */
export async function meanLoss(
  model: TinyDecoder,
  batches: readonly TokenBatch[],
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
      await takeTurn();
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

type Probed = Pick<TrainingResult, "disabled" | "withoutShared" | "fewer">;

/** Fewest routed experts that experiment A-7 leaves active. */
const FEWEST = 3;

async function probe(
  model: TinyDecoder,
  batches: readonly TokenBatch[],
  signal: AbortSignal,
): Promise<Probed> {
  const layer = model.feedForwards.find((one) => one instanceof MoeLayer)!;
  const { experts, topK, sharedExperts = 0 } = layer.config;
  const lossUnder = (change: RoutingProbe) => meanLoss(model, batches, { signal, probe: change });
  const disabled: Probed["disabled"] = [];
  for (const share of disabledShares(experts)) {
    const without = { skipTop: share.skipped };
    const kept = await lossUnder({ ...without, keepMass: true });
    disabled.push({ ...share, loss: await lossUnder(without), kept });
  }
  const fewer: Probed["fewer"] = [];
  for (let active = FEWEST; active < topK; active++)
    fewer.push({ topK: active, loss: await lossUnder({ topK: active }) });
  const withoutShared =
    sharedExperts > 0 ? await lossUnder({ withoutShared: true, topK: topK + 1 }) : null;
  return { disabled, fewer, withoutShared };
}

/** How far the loads of domains lie from their mean: half the sum of the differences, mean over domains. @param loads counts */
export function loadsApart(loads: readonly (readonly number[])[]): number {
  const shares = loads.map((own) => {
    const total = own.reduce((sum, count) => sum + count, 0);
    return own.map((count) => count / total);
  });
  const middle = shares[0]!.map((_, expert) => mean(shares.map((own) => own[expert]!))!);
  const apart = (own: readonly number[]) =>
    own.reduce((sum, share, expert) => sum + Math.abs(share - middle[expert]!), 0) / 2;
  return mean(shares.map(apart))!;
}

/** How differently the domains use the experts, mean over layers. */
async function specialisation(
  model: TinyDecoder,
  batches: readonly TokenBatch[],
  domains: number,
  signal: AbortSignal,
): Promise<number> {
  const monitor = monitorLoad(model.feedForwards);
  const afterBatch = () => monitor.endStep();
  try {
    const loads: number[][][] = [];
    for (let domain = 0; domain < domains; domain++) {
      const own = batches.map((batch) => rowsOf(batch, domain, domains));
      await meanLoss(model, own, { signal, afterBatch });
      loads.push(monitor.report().map(({ counts }) => [...counts]));
      monitor.reset();
    }
    return mean(loads[0]!.map((_, layer) => loadsApart(loads.map((own) => own[layer]!))))!;
  } finally {
    monitor.dispose();
  }
}

type Measured = Probed & Pick<TrainingResult, "loss" | "maxVio" | "maxVioBatch" | "specialisation">;

/**
 * Loss and balance on held-out text; with `isProbed`, also the loss with experts disabled; with `domains`, the number of
 * domains that a batch's rows are of in turn, how differently they use the experts. The model is left as it was.
 */
export async function measureModel(
  model: TinyDecoder,
  batches: readonly TokenBatch[],
  { isProbed, domains, signal }: { isProbed: boolean; domains?: number; signal: AbortSignal },
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
      specialisation: domains ? await specialisation(model, batches, domains, signal) : null,
      ...probed,
    };
  } finally {
    monitor.dispose();
  }
}
