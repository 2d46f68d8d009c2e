import { optionsOf, real, refuseUnknown } from "../../errors";
import { type Strategy, withGroups } from "../../federation/runtime/strategy";
import {
  mapTensors,
  type NamedTensors,
  type ReadonlyTensors,
  zerosLike,
} from "../../federation/tensors/named-tensors";
import { addScaled, subtract, zipTensors } from "../../federation/tensors/tensor-math";
import { weightedMean } from "./aggregators";
import { type FedAvgOptions, fedAvg, isRunningStatistic, moveTowards } from "./fed-avg";

/** Takes running statistics from the combined model. */
function keepStatistics(moved: NamedTensors, combined: ReadonlyTensors): NamedTensors {
  for (const [name, tensor] of combined) if (isRunningStatistic(name)) moved.set(name, tensor);
  return moved;
}

/**
 * Momentum on the server: m := β·m + (avg − θ), θ := θ + serverLr·m.
 *
 * @param given.beta β in [0, 1) (default 0.9)
 * @param given.nesterov θ := θ + serverLr·(β·m + (avg − θ)) instead (default false). With local SGD over many steps this is DiLoCo's
 *   outer optimiser
 * @see Hsu et al. 2019, section 4.3; Douillard et al. 2023, algorithm 1
 */
export function fedAvgM(
  given: FedAvgOptions & { readonly beta?: number; readonly nesterov?: boolean } = {},
): Strategy {
  const {
    beta = 0.9,
    nesterov = false,
    serverLr = 1,
    local,
    aggregator = weightedMean(),
    ...rest
  } = optionsOf("fedAvgM", given);
  refuseUnknown("fedAvgM", rest);
  const options = { local, aggregator };
  real("fedAvgM", "beta", beta, { min: 0, max: 1 });
  return {
    ...fedAvg({ ...options, serverLr }),
    name: "FedAvgM",
    aggregateFit: ({ state }, updates) => {
      const combined = aggregator.combine(updates);
      // Without momentum there is no intermediate rounding, so rate 1 gives the combined model bit for bit.
      if (beta === 0)
        return { state: { ...state, params: moveTowards(state.params, combined, serverLr) } };
      const change = subtract(combined, state.params);
      const before = state.groups.get("momentum");
      const momentum = before ? addScaled(change, before, beta) : change;
      const step = nesterov ? addScaled(change, momentum, beta) : momentum;
      const params = keepStatistics(addScaled(state.params, step, serverLr), combined);
      return {
        state: { ...state, params, groups: withGroups(state.groups, [["momentum", momentum]]) },
      };
    },
  };
}

/**
 * DiLoCo: workers train independently for many steps, and the server takes a Nesterov step along the mean change. One worker with
 * outer rate 1 and no momentum is plain training, bit for bit. The training of the workers is defined by their `LocalTrain`.
 *
 * @param given.outerLr default 0.7
 * @param given.outerMomentum default 0.9
 * @see Douillard et al. 2023, algorithm 1
 */
export function diLoCo(
  given: Omit<FedAvgOptions, "serverLr"> & {
    readonly outerLr?: number | undefined;
    readonly outerMomentum?: number | undefined;
  } = {},
): Strategy {
  const {
    outerLr = 0.7,
    outerMomentum = 0.9,
    local,
    aggregator,
    ...rest
  } = optionsOf("diLoCo", given);
  refuseUnknown("diLoCo", rest);
  real("diLoCo", "outerLr", outerLr, { min: 0 });
  real("diLoCo", "outerMomentum", outerMomentum, { min: 0, max: 1 });
  const options = { local, aggregator };
  const base = fedAvgM({ ...options, serverLr: outerLr, beta: outerMomentum, nesterov: true });
  return { ...base, name: "DiLoCo" };
}

/** Options of `fedAdam` and `fedYogi`. */
export interface AdaptiveOptions extends FedAvgOptions {
  /** Default 0.1. */
  readonly serverLr?: number | undefined;
  /** Default 0.9. */
  readonly beta1?: number | undefined;
  /** Default 0.99. */
  readonly beta2?: number | undefined;
  /** τ, added to √v. Default 1e-3. */
  readonly tau?: number | undefined;
}

/** How the second moment follows the squared change. */
type SecondMoment = (v: number, square: number, beta2: number) => number;

function adaptive(
  name: string,
  second: SecondMoment,
  place: string,
  given: AdaptiveOptions,
): Strategy {
  const {
    serverLr = 0.1,
    beta1 = 0.9,
    beta2 = 0.99,
    tau = 1e-3,
    local,
    aggregator = weightedMean(),
    ...rest
  } = optionsOf(place, given);
  refuseUnknown(place, rest);
  real(place, "beta1", beta1, { min: 0, max: 1 });
  real(place, "beta2", beta2, { min: 0, max: 1 });
  real(place, "tau", tau, { above: 0 });
  return {
    ...fedAvg({ local, aggregator, serverLr }),
    name,
    aggregateFit: ({ state }, updates) => {
      const combined = aggregator.combine(updates);
      const change = subtract(combined, state.params);
      const m = zipTensors(
        state.groups.get("first-moment") ?? zerosLike(change),
        change,
        (a, d) => beta1 * a + (1 - beta1) * d,
      );
      const start = mapTensors(change, ({ data }) => new Float32Array(data.length).fill(tau * tau));
      const v = zipTensors(state.groups.get("second-moment") ?? start, change, (a, d) =>
        second(a, d * d, beta2),
      );
      const step = zipTensors(m, v, (a, b) => a / (Math.sqrt(b) + tau));
      const params = keepStatistics(addScaled(state.params, step, serverLr), combined);
      const groups = withGroups(state.groups, [
        ["first-moment", m],
        ["second-moment", v],
      ]);
      return { state: { ...state, params, groups } };
    },
  };
}

/**
 * Adam on the server: m := β₁m + (1 − β₁)Δ, v := β₂v + (1 − β₂)Δ², θ := θ + serverLr·m/(√v + τ), with Δ = avg − θ and
 * v = τ² at first.
 * @see Reddi et al. 2021, algorithm 2
 */
export function fedAdam(options: AdaptiveOptions = {}): Strategy {
  const second: SecondMoment = (v, square, beta2) => beta2 * v + (1 - beta2) * square;
  return adaptive("FedAdam", second, "fedAdam", options);
}

/**
 * Yogi on the server: as FedAdam, with v := v − (1 − β₂)·Δ²·sign(v − Δ²).
 * @see Reddi et al. 2021, algorithm 2
 */
export function fedYogi(options: AdaptiveOptions = {}): Strategy {
  return adaptive(
    "FedYogi",
    (v, square, beta2) => v - (1 - beta2) * square * Math.sign(v - square),
    "fedYogi",
    options,
  );
}
