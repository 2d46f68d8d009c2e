import {
  getBackend,
  grad,
  keep,
  manualSeed,
  nn,
  noGrad,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { FedError } from "../errors";
import type { Encoder, EncoderPass, LocalOutcome, PlainTraining } from "../local/encoder";
import { headOf } from "../local/heads";
import type { Random } from "../random/stream";
import { type NamedTensors, type ReadonlyTensors, tensorNamed } from "../tensors/named-tensors";
import type { FeatureModule } from "./feature-module";
import { toNamed } from "./named";
import { createRecordedTraining, type RecordedTraining } from "./recorded-training";

/** Options of `moduleEncoder`. */
export interface ModuleEncoderOptions {
  /** Builds the module; its first weights are drawn after `manualSeed`. */
  readonly build: () => FeatureModule;
  /** Shape of one input, for example [1, 28, 28]. */
  readonly inputShape: readonly number[];
  /** d. */
  readonly width: number;
  /** Put before each name. Default `"enc"`. */
  readonly prefix?: string;
  /**
   * Records plain training steps and runs them again, which is several times as fast for small models. Default: where the
   * module has no dropout and the back end can record (`wasm`, `blas`).
   */
  readonly isRecorded?: boolean;
}

const seedFrom = (random: Random): void => {
  manualSeed(Math.floor(random() * 2 ** 32));
};

/**
 * Trains a module of tensor-gpu as the encoder of a classifier. It needs a back end that can be read at once (`wasm`, `blas`,
 * `js`). One encoder serves one client at a time.
 *
 * @returns an encoder; `dispose()` frees its module
 * @throws {FedError} when used: `ERR_SHAPE` for weights that do not fit, `ERR_STATE` when a second pass starts before the
 *   first one's gradient was taken
 */
export function moduleEncoder({
  build,
  inputShape,
  width,
  prefix = "enc",
  isRecorded,
}: ModuleEncoderOptions): Encoder & { dispose(): void } {
  let module: FeatureModule | undefined;
  let isOpen = false;
  const recorded = new Map<number, RecordedTraining>();
  const inputWidth = inputShape.reduce((product, n) => product * n, 1);
  const built = (): FeatureModule => {
    module ??= build().requireGrad();
    return module;
  };

  function load(params: ReadonlyTensors): FeatureModule {
    if (isOpen)
      throw new FedError(
        "ERR_STATE",
        "fedlt/moduleEncoder: this encoder is in the middle of another client's step; give each concurrent client one of its own",
      );
    const own = built();
    for (const [name, target] of own.namedTensors())
      target.set(tensorNamed("moduleEncoder", params, `${prefix}.${name}`).data);
    return own;
  }

  const batch = (inputs: Float32Array, rows: number) =>
    tensor(inputs, { shape: [rows, ...inputShape] });

  function forward(
    params: ReadonlyTensors,
    inputs: Float32Array,
    rows: number,
    random: Random,
  ): EncoderPass {
    const own = load(params).train();
    seedFrom(random);
    const names = [...own.namedParameters()];
    const features = tidy(() => keep(own.forward(batch(inputs, rows))));
    isOpen = true;
    const statistics = [...own.namedTensors()].filter(([, { requiresGrad }]) => !requiresGrad);
    return {
      features: features.dataSync() as Float32Array,
      buffers: new Map(
        statistics.map(([name, statistic]) => [
          `${prefix}.${name}`,
          { shape: [...statistic.shape], data: statistic.dataSync() as Float32Array },
        ]),
      ),
      backward: (gradient) => {
        try {
          return tidy(() => {
            const upstream = tensor(gradient, { shape: [rows, width] });
            const gradients = grad(
              features,
              names.map(([, weight]) => weight),
              { gradient: upstream },
            );
            return new Map(
              names.map(([name, { shape }], i) => [
                `${prefix}.${name}`,
                { shape: [...shape], data: gradients[i]!.dataSync() as Float32Array },
              ]),
            ) as NamedTensors;
          });
        } finally {
          isOpen = false;
          features.dispose();
        }
      },
    };
  }

  const canRecord = (own: FeatureModule): boolean =>
    isRecorded ??
    (getBackend().record !== undefined &&
      ![...own.modules()].some((part) => part instanceof nn.Dropout));

  function trainPlain(params: ReadonlyTensors, training: PlainTraining): LocalOutcome | undefined {
    const own = load(params);
    if (!canRecord(own)) return undefined;
    const { classes } = headOf(params, training.head, width);
    const found =
      recorded.get(classes) ??
      createRecordedTraining(classes, { module: own, prefix, inputShape, width });
    recorded.set(classes, found);
    return found.train(params, training);
  }

  return {
    inputWidth,
    width,
    initialize: async (random) => {
      seedFrom(random);
      const fresh = build();
      const params = await toNamed(fresh, { prefix });
      fresh.dispose();
      return params;
    },
    encode: (params, inputs, rows) => {
      const own = load(params).eval();
      return tidy(() => noGrad(() => own.forward(batch(inputs, rows)).dataSync() as Float32Array));
    },
    forward,
    trainPlain,
    dispose: () => {
      for (const one of recorded.values()) one.dispose();
      recorded.clear();
      module?.dispose();
      module = undefined;
    },
  };
}
