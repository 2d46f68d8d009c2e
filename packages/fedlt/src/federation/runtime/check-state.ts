import { FedError } from "../../errors";
import { checkSameLayout, checkTensors } from "../tensors/named-tensors";
import type { ServerState } from "./strategy";
import type { Json } from "./task";

function checkValue(place: string, value: Json | undefined): void {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new FedError("ERR_NOT_FINITE", `fedlt/${place} is ${value}`);
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) checkValue(`${place}.${name}`, inner);
}

/**
 * Checks a state before it takes the place of the one before: the model and the groups that were there must keep their
 * names and shapes, and every number must be finite.
 *
 * @throws {FedError} `ERR_SHAPE`, `ERR_NOT_FINITE`
 */
export function checkState(place: string, state: ServerState, before: ServerState): void {
  checkSameLayout(`${place}: the new model`, state.params, before.params);
  checkTensors(`${place}: the new model`, state.params);
  for (const [name, tensors] of state.groups) {
    const known = before.groups.get(name);
    if (tensors === known) continue;
    if (known) checkSameLayout(`${place}: the new group ${name}`, tensors, known);
    checkTensors(`${place}: the new group ${name}`, tensors);
  }
  for (const [name, value] of Object.entries(state.values))
    checkValue(`${place}: the new value ${name}`, value);
}
