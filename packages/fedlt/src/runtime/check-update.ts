import { FedError } from "../errors";
import { knownOptions } from "../known-options";
import type { Strategy } from "../strategies/strategy";
import {
  checkSameLayout,
  checkTensors,
  groupBytes,
  type TensorGroups,
} from "../tensors/named-tensors";
import type { FitTask, FitUpdate } from "./task";

/** Limits on the content of an update. */
export interface UpdateLimits {
  /** Largest sample count that a client may claim. Default: no limit. */
  readonly maxSamples?: number;
  /** Bytes of all further tensors. Default: 2^30. */
  readonly maxGroupBytes?: number;
}

function checkGroups(
  place: string,
  groups: TensorGroups,
  allowed: TensorGroups | undefined,
  maxBytes: number,
): void {
  if (groupBytes(groups) > maxBytes)
    throw new FedError(
      "ERR_TOO_LARGE",
      `fedlt/${place}: further tensors must have at most ${maxBytes} bytes, got ${groupBytes(groups)}`,
    );
  for (const [name, tensors] of groups) {
    checkTensors(`${place}, group ${name}`, tensors);
    const layout = allowed?.get(name);
    if (layout) checkSameLayout(`${place}, group ${name}`, tensors, layout);
    else if (allowed && name.includes("/"))
      throw new FedError("ERR_SHAPE", `fedlt/${place}: the strategy knows no group ${name}`, {
        fields: { group: name },
      });
  }
}

/**
 * Checks that an update can be aggregated: it must have the names and shapes of the model that was sent, finite numbers, a
 * whole number of samples and finite metrics.
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
    limits: { maxSamples = Number.MAX_SAFE_INTEGER, maxGroupBytes = 2 ** 30 } = {},
    strategy,
    allowed,
  } = knownOptions("checkUpdate", options, { limits: true, strategy: true, allowed: true });
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
  checkGroups(place, update.groups ?? new Map(), allowed, maxGroupBytes);
  for (const [name, value] of Object.entries(update.metrics ?? {}))
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new FedError(
        "ERR_NOT_FINITE",
        `fedlt/${place}: the metric ${name} must be a finite number, got ${value}`,
      );
  strategy?.checkUpdate?.(update);
}
