import { FedError, optionsOf, refuseUnknown } from "../../errors";
import {
  checkSameLayout,
  checkTensors,
  groupBytes,
  type ReadonlyTensors,
  type TensorGroups,
} from "../tensors/named-tensors";
import { globalNorm, subtract } from "../tensors/tensor-math";
import type { Strategy } from "./strategy";
import type { FitTask, FitUpdate } from "./task";

/** Limits on the content of an update. */
export interface UpdateLimits {
  /** Largest sample count that a client may claim. Default: no limit. */
  readonly maxSamples?: number | undefined;
  /** Largest norm of a client's change of the model, √Σ(θ_k − θ)². Default: no limit. */
  readonly maxChangeNorm?: number | undefined;
}

/** Bytes of all further tensors that the strategy does not expect: they are kept until the round is over. */
const MOST_UNKNOWN_BYTES = 2 ** 26;

function checkGroups(place: string, groups: TensorGroups, allowed: TensorGroups = new Map()): void {
  const unknown = [...groups].filter(([name]) => !allowed.has(name));
  const bytes = groupBytes(new Map(unknown));
  if (bytes > MOST_UNKNOWN_BYTES)
    throw new FedError(
      "ERR_TOO_LARGE",
      `fedlt/${place}: tensors that the strategy does not expect must have at most ${MOST_UNKNOWN_BYTES} bytes, got ${bytes}`,
      { fields: { groups: unknown.map(([name]) => name), bytes } },
    );
  for (const [name, tensors] of groups) {
    checkTensors(`${place}, group ${name}`, tensors);
    const layout = allowed.get(name);
    if (layout) checkSameLayout(`${place}, group ${name}`, tensors, layout);
    else if (allowed.size > 0 && name.includes("/"))
      throw new FedError("ERR_SHAPE", `fedlt/${place}: the strategy knows no group ${name}`, {
        fields: { group: name },
      });
  }
}

function checkChange(
  place: string,
  { params }: FitUpdate,
  before: ReadonlyTensors,
  maxChangeNorm: number,
): void {
  const norm = globalNorm(subtract(params, before));
  if (norm <= maxChangeNorm) return;
  throw new FedError(
    "ERR_RANGE",
    `fedlt/${place}: the change of the model must have a norm of at most ${maxChangeNorm}, got ${norm}`,
    { fields: { norm, maxChangeNorm } },
  );
}

/**
 * Checks that an update can be aggregated: it must have the names and shapes of the model that was sent, finite numbers, a
 * whole number of samples, finite metrics, and at most 64 MiB of tensors that the strategy does not expect.
 *
 * @param options.allowed groups that the strategy expects, with their shapes
 * @throws {FedError} `ERR_SHAPE`, `ERR_NOT_FINITE`, `ERR_RANGE` for the sample count, `ERR_TOO_LARGE`, and whatever
 *   the strategy's own check throws
 */
export function checkUpdate(
  task: FitTask,
  update: FitUpdate,
  options: { limits?: UpdateLimits; strategy?: Strategy; allowed?: TensorGroups | undefined } = {},
): void {
  const {
    limits: { maxSamples = Number.MAX_SAFE_INTEGER, maxChangeNorm } = {},
    strategy,
    allowed,
    ...rest
  } = optionsOf("checkUpdate", options);
  refuseUnknown("checkUpdate", rest);
  const place = `update of ${task.clientId}`;
  checkSameLayout(place, update.params, task.params);
  checkTensors(place, update.params);
  const { numSamples } = update;
  if (!Number.isSafeInteger(numSamples) || numSamples < 1 || numSamples > maxSamples)
    throw new FedError(
      "ERR_RANGE",
      `fedlt/${place}: numSamples must be an integer from 1 to ${maxSamples}, got ${numSamples}`,
      {
        fields: { numSamples },
      },
    );
  checkGroups(place, update.groups ?? new Map(), allowed);
  if (maxChangeNorm !== undefined) checkChange(place, update, task.params, maxChangeNorm);
  for (const [name, value] of Object.entries(update.metrics ?? {}))
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new FedError(
        "ERR_NOT_FINITE",
        `fedlt/${place}: the metric ${name} must be a finite number, got ${value}`,
      );
  strategy?.checkUpdate?.(update, task);
}
