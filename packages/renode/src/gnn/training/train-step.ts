import { backward, type optim, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import type { GraphBatch } from "../data/graph-batch";
import type { GraphModel, TrainingView } from "../models/graph-model";

/** Training nodes of one step, as plain lists. */
export interface StepNodes {
  /** Row of each in the batch. */
  readonly rows: Int32Array;
  readonly targets: Int32Array;
  readonly weights: Float32Array;
  /** shape [n, classes], or null */
  readonly margins: Float32Array | null;
}

/** (weightDecay/2)·Σ‖θ‖²: the L2 penalty of PyTorch's Adam. */
export function penalty(model: GraphModel, weightDecay: number): Tensor {
  const squares = model.parameters().map((parameter) => parameter.square().sum());
  return squares.reduce((a, b) => a.add(b)).mul(weightDecay / 2);
}

/** One step of forward, backward and Adam. @returns the loss before the step */
export async function trainStep(
  model: GraphModel,
  optimizer: optim.AdamW,
  batch: GraphBatch,
  { rows, targets, weights, margins }: StepNodes,
  nodeLoss: TrainingView["nodeLoss"],
  { lr, weightDecay }: { lr: number; weightDecay: number },
): Promise<number> {
  const loss = tidy(() => {
    const view: TrainingView = {
      rows: tensor(rows),
      targets: tensor(targets),
      weights: tensor(weights),
      margins: margins && tensor(margins, { shape: [rows.length, margins.length / rows.length] }),
      nodeLoss,
    };
    const data = model.trainingLoss(batch, view);
    backward(weightDecay === 0 ? data : data.add(penalty(model, weightDecay)));
    return data.detach();
  });
  optimizer.step({ lr });
  optimizer.zeroGrad();
  const value = await loss.item();
  loss.dispose();
  return value;
}
