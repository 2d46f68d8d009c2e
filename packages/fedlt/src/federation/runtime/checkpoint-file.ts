import { FedError } from "../../errors";
import type { NamedTensor } from "../tensors/named-tensors";
import { decodeSafetensors, encodeSafetensors } from "../tensors/safetensors";
import type { Checkpoint } from "./journal";

/**
 * A checkpoint as one safetensors file: the model's tensors under their own names, so that other tools can read them; groups
 * as `group::name`, the rest as metadata.
 */
export function encodeCheckpoint({ run, state, record }: Checkpoint): Uint8Array {
  const tensors = new Map<string, NamedTensor>(state.params);
  for (const [group, members] of state.groups)
    for (const [name, tensor] of members) tensors.set(`${group}::${name}`, tensor);
  const metadata = { fedlt: JSON.stringify({ run, record, values: state.values }) };
  return encodeSafetensors({ tensors, metadata });
}

/** Reads a checkpoint. @throws {FedError} `ERR_FORMAT` */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(file);
  if (metadata.fedlt === undefined)
    throw new FedError(
      "ERR_FORMAT",
      "fedlt/decodeCheckpoint: the file has tensors but is not a checkpoint of a federation",
    );
  const { run, record, values } = JSON.parse(metadata.fedlt) as Pick<
    Checkpoint,
    "run" | "record"
  > & { values: Checkpoint["state"]["values"] };
  const params = new Map<string, NamedTensor>();
  const groups = new Map<string, Map<string, NamedTensor>>();
  for (const [name, tensor] of tensors) {
    const at = name.indexOf("::");
    if (at < 0) params.set(name, tensor);
    else {
      const group = groups.get(name.slice(0, at)) ?? new Map<string, NamedTensor>();
      groups.set(name.slice(0, at), group.set(name.slice(at + 2), tensor));
    }
  }
  return { run, record, state: { params, groups, values } };
}
