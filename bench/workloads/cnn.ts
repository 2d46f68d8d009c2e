import {
  crossEntropy,
  type Generator,
  maxPool2d,
  nn,
  optim,
  randn,
  relu,
  type Tensor,
} from "@deepgrain/tensor-gpu";
import { randomIds } from "./random-ids";
import type { Workload } from "./workload";

/** Sizes of a classifier of images and its batch. */
interface CnnSizes {
  batch: number;
  /** Of the image, then of each stage. */
  channels: readonly number[];
  /** Height and width; each stage halves them. */
  size: number;
  classes: number;
}

class Stage extends nn.Module {
  conv: nn.Conv2d;
  norm: nn.BatchNorm;

  constructor(inChannels: number, outChannels: number, init: nn.InitOptions) {
    super();
    this.conv = new nn.Conv2d(inChannels, outChannels, 3, { padding: 1, ...init });
    this.norm = new nn.BatchNorm(outChannels);
  }

  /** @returns shape [batch, out, height / 2, width / 2] */
  forward(x: Tensor): Tensor {
    return maxPool2d(relu(this.norm.forward(this.conv.forward(x))), 2);
  }
}

class Cnn extends nn.Module {
  stages: Stage[];
  head: nn.Linear;

  constructor({ channels, size, classes }: CnnSizes, init: nn.InitOptions) {
    super();
    this.stages = channels.slice(1).map((width, i) => new Stage(channels[i]!, width, init));
    const side = Math.floor(size / 2 ** this.stages.length);
    this.head = new nn.Linear(channels.at(-1)! * side * side, classes, init);
  }

  /** @param x shape [batch, channels[0], size, size] */
  forward(x: Tensor): Tensor {
    const features = this.stages.reduce((y, stage) => stage.forward(y), x);
    return this.head.forward(features.reshape([x.shape[0]!, features.size / x.shape[0]!]));
  }
}

/** Convolution, batch norm, ReLU and max pooling a stage, then a linear layer; trained by Adam on one random batch. */
export function cnn(sizes: CnnSizes, generator: Generator): Workload {
  const { batch, channels, size, classes } = sizes;
  const model = new Cnn(sizes, { generator });
  const images = randn([batch, channels[0]!, size, size], { generator });
  images.isKept = true;
  const labels = randomIds([batch], classes, generator);
  return {
    unit: "images",
    unitsPerStep: batch,
    parameters: model.parameters(),
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0 }),
    forward: () => crossEntropy(model.forward(images), labels),
  };
}
