import {
  getBackend,
  grad,
  keep,
  manualSeed,
  nn,
  noGrad,
  type Tensor,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { FedError, functionOf, listOf, optionsOf, refuseUnknown, whole } from "../../errors";
import type { Random } from "../../federation/random/stream";
import {
  type NamedTensors,
  type ReadonlyTensors,
  tensorNamed,
} from "../../federation/tensors/named-tensors";
import type { Encoder, EncoderPass, PlainTraining } from "../local/encoder";
import { headOf } from "../local/heads";
import type { FeatureModule } from "./feature-module";
import { toNamed } from "./named";
import { createRecordedTraining, type RecordedTraining } from "./recorded-training";

/** Options of `moduleEncoder`. */
export interface ModuleEncoderOptions {
  /** Builds the module. Its initial weights are drawn after `manualSeed`. */
  readonly build: () => FeatureModule;
  /** Shape of one input, for example [1, 28, 28]. */
  readonly inputShape: readonly number[];
  /** d. */
  readonly width: number;
  /** Prefix of each name. Default `"enc"`. */
  readonly prefix?: string | undefined;
  /**
   * Records plain training steps and replays them, which is several times as fast for small models. Default: if the
   * module has no dropout and the backend can record (`wasm`, `blas`).
   */
  readonly isRecorded?: boolean | undefined;
}

const seedFrom = (random: Random): void => {
  manualSeed(Math.floor(random() * 2 ** 32));
};

/** Running statistics and other tensors that are not trained, by their names in the model. */
const buffersOf = (module: FeatureModule, prefix: string): NamedTensors =>
  new Map(
    [...module.namedTensors()]
      .filter(([, { requiresGrad }]) => !requiresGrad)
      .map(([name, buffer]) => [
        `${prefix}.${name}`,
        { shape: [...buffer.shape], data: buffer.dataSync() as Float32Array },
      ]),
  );

/** The gradients of a module's parameters for one of its features, by their names in the model. */
function gradientsOf(
  module: FeatureModule,
  features: Tensor,
  upstream: Tensor,
  prefix: string,
): NamedTensors {
  const names = [...module.namedParameters()];
  const weights = names.map(([, weight]) => weight);
  const gradients = grad(features, weights, { gradient: upstream });
  return new Map(
    names.map(([name, { shape }], i) => [
      `${prefix}.${name}`,
      { shape: [...shape], data: gradients[i]!.dataSync() as Float32Array },
    ]),
  );
}

/** Whether a module's steps can be recorded: without dropout, on a backend that records. */
const canRecord = (module: FeatureModule): boolean =>
  getBackend().record !== undefined &&
  ![...module.modules()].some((part) => part instanceof nn.Dropout);

/** A module that is built on first use and accepts weights unless a pass is open. */
function createHolder({ build, prefix }: { build: () => FeatureModule; prefix: string }) {
  let module: FeatureModule | undefined;
  const holder = {
    isOpen: false,
    load(params: ReadonlyTensors): FeatureModule {
      if (holder.isOpen)
        throw new FedError(
          "ERR_STATE",
          "fedlt/moduleEncoder: this encoder is in the middle of another client's step; give each concurrent client its own",
        );
      module ??= build().requireGrad();
      for (const [name, target] of module.namedTensors())
        target.set(tensorNamed("moduleEncoder", params, `${prefix}.${name}`).data);
      return module;
    },
    dispose(): void {
      module?.dispose();
      module = undefined;
    },
  };
  return holder;
}

/**
 * Lets work in one piece at a time: what comes while a recorded training runs, which gives the event loop turns, waits for
 * its end. Other work runs at once, without a promise.
 */
function createTurnstile() {
  let busy: Promise<unknown> | undefined;
  return function whenFree<T>(work: () => T | Promise<T>): T | Promise<T> {
    if (busy) return busy.then(() => whenFree(work));
    const result = work();
    if (!(result instanceof Promise)) return result;
    const end = () => {
      busy = undefined;
    };
    busy = result.then(end, end);
    return result;
  };
}

/** Recorded training per number of classes. */
function createRecordings(options: Omit<ModuleEncoderOptions, "build"> & { prefix: string }) {
  const { prefix, inputShape, width, isRecorded } = options;
  const recorded = new Map<number, RecordedTraining>();
  return {
    train(module: FeatureModule, params: ReadonlyTensors, training: PlainTraining) {
      if (!(isRecorded ?? canRecord(module))) return undefined;
      const { classes } = headOf(params, training.head, width);
      const found =
        recorded.get(classes) ??
        createRecordedTraining(classes, { module, prefix, inputShape, width });
      recorded.set(classes, found);
      return found.train(params, training);
    },
    dispose(): void {
      for (const one of recorded.values()) one.dispose();
      recorded.clear();
    },
  };
}

/**
 * Uses a module of tensor-gpu as the encoder of a classifier. It needs a backend with synchronous reads (`wasm`, `blas`,
 * `js`). One encoder serves one client at a time.
 *
 * @returns an encoder; `dispose()` frees its module
 * @throws {FedError} when used: `ERR_SHAPE` for weights that do not match, `ERR_STATE` when a second pass starts before the
 *   first one's gradient was taken
 */
export function moduleEncoder(options: ModuleEncoderOptions): Encoder & { dispose(): void } {
  const {
    build,
    inputShape,
    width,
    prefix = "enc",
    isRecorded,
    ...rest
  } = optionsOf("moduleEncoder", options);
  refuseUnknown("moduleEncoder", rest);
  functionOf("moduleEncoder", "build", build);
  listOf("moduleEncoder", "inputShape", inputShape);
  whole("moduleEncoder", "width", width, { min: 1 });
  const holder = createHolder({ build, prefix });
  const recordings = createRecordings({ inputShape, width, isRecorded, prefix });
  const whenFree = createTurnstile();
  const batch = (inputs: Float32Array, rows: number) =>
    tensor(inputs, { shape: [rows, ...inputShape] });

  function forward(
    params: ReadonlyTensors,
    inputs: Float32Array,
    rows: number,
    random: Random,
  ): EncoderPass {
    const own = holder.load(params).train();
    seedFrom(random);
    const features = tidy(() => keep(own.forward(batch(inputs, rows))));
    holder.isOpen = true;
    return {
      features: features.dataSync() as Float32Array,
      buffers: buffersOf(own, prefix),
      backward: (gradient) => {
        try {
          return tidy(() => {
            const upstream = tensor(gradient, { shape: [rows, width] });
            return gradientsOf(own, features, upstream, prefix);
          });
        } finally {
          holder.isOpen = false;
          features.dispose();
        }
      },
    };
  }

  return {
    inputWidth: inputShape.reduce((product, n) => product * n, 1),
    width,
    initialize: async (random) => {
      seedFrom(random);
      const fresh = build();
      const params = await toNamed(fresh, { prefix });
      fresh.dispose();
      return params;
    },
    encode: (params, inputs, rows) =>
      whenFree(() => {
        const own = holder.load(params).eval();
        return tidy(() =>
          noGrad(() => own.forward(batch(inputs, rows)).dataSync() as Float32Array),
        );
      }),
    forward: (params, inputs, rows, random) =>
      whenFree(() => forward(params, inputs, rows, random)),
    trainPlain: (params, training) =>
      whenFree(() => recordings.train(holder.load(params), params, training)),
    dispose: () => {
      recordings.dispose();
      holder.dispose();
    },
  };
}
