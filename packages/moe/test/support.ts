import { Generator, randn, setBackend, type Tensor } from "@deepgrain/tensor-gpu";
import { type MoeConfig, MoeLayer } from "../src";

setBackend("js");

export const numbers = (tensor: Tensor): number[] => [...tensor.dataSync()];

export const normal = (shape: readonly number[], seed = 1, std = 1): Tensor =>
  randn(shape, { generator: new Generator(seed), std });

export const smallConfig: MoeConfig = {
  hiddenSize: 6,
  expertSize: 4,
  experts: 5,
  topK: 2,
  sharedExperts: 1,
  initStd: 0.5,
};

export const layerOf = (config: Partial<MoeConfig> = {}, seed = 7): MoeLayer =>
  new MoeLayer({ ...smallConfig, generator: new Generator(seed), ...config });
