import {
  backward,
  getBackend,
  type optim,
  type Recording,
  recordStep,
  type Tensor,
} from "@deepgrain/tensor-gpu";
import { having } from "../../errors";
import type { GraphBatch } from "../data/graph-batch";
import { held } from "../data/operator";
import type { NodeLoss } from "../losses/node-losses";
import { DropoutMasks } from "../models/dropout-masks";
import type { GraphModel, TrainingView } from "../models/graph-model";
import { penalty, type StepNodes, trainStep } from "./train-step";

/** Whether the backend in use can replay steps: `wasm` and `blas` can. */
export const canReplay = (): boolean => getBackend().record !== undefined;

/**
 * Training steps on one batch with the same training nodes: the first runs live, the second is recorded, and the others
 * replay its kernels without the JavaScript around them. Results are bit-identical to those of `trainStep`.
 */
export class ReplayedSteps {
  private readonly masks = new DropoutMasks();
  private readonly view: TrainingView;
  private recording: Recording<Tensor> | null = null;
  private isFirst = true;

  /**
   * @param model must draw random numbers in a step only through `activate`; its dropout must not change
   * @param nodes without margins
   * @param weightDecay L2 penalty as in PyTorch's Adam
   */
  constructor(
    private readonly model: GraphModel,
    private readonly optimizer: optim.AdamW,
    private readonly batch: GraphBatch,
    private readonly nodes: StepNodes,
    nodeLoss: NodeLoss,
    private readonly weightDecay = 0,
  ) {
    having("ReplayedSteps", "model", model, "namedTensors");
    const { rows, targets, weights } = nodes;
    const lists = { rows: held(rows), targets: held(targets), weights: held(weights) };
    this.view = { ...lists, margins: null, nodeLoss };
  }

  /** One step of forward, backward and Adam. @returns the loss before the step */
  async step(lr: number): Promise<number> {
    const { model, optimizer, batch, nodes, view, weightDecay } = this;
    this.masks.begin();
    model._masks = this.masks;
    try {
      if (this.isFirst) {
        this.isFirst = false;
        return await trainStep(model, optimizer, batch, nodes, view.nodeLoss, { lr, weightDecay });
      }
      if (this.recording) this.recording.replay();
      else this.recording = this.record();
    } finally {
      model._masks = null;
    }
    optimizer.step({ lr });
    return this.recording.result.item();
  }

  dispose(): void {
    this.model.zeroGrad();
    this.recording?.dispose();
    this.masks.dispose();
    for (const tensor of [this.view.rows, this.view.targets, this.view.weights]) tensor.dispose();
  }

  private record(): Recording<Tensor> {
    const { model, batch, view, weightDecay } = this;
    return recordStep(() => {
      const loss = model.trainingLoss(batch, view);
      backward(weightDecay === 0 ? loss : loss.add(penalty(model, weightDecay)));
      return loss.detach();
    });
  }
}
