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

type Recorded = Pick<Checkpoint, "run" | "record"> & Pick<Checkpoint["state"], "values">;

/** The part of a checkpoint beside its tensors. */
function recordedIn(text: string): Recorded {
  let recorded: Partial<Recorded> | null;
  try {
    recorded = JSON.parse(text);
  } catch (cause) {
    const message = "fedlt/decodeCheckpoint: the metadata of a federation must be JSON";
    throw new FedError("ERR_FORMAT", message, { cause });
  }
  const { run, record, values } = recorded ?? {};
  if ([run, record, values].every((part) => typeof part === "object" && part !== null))
    return { run, record, values } as Recorded;
  throw new FedError(
    "ERR_FORMAT",
    "fedlt/decodeCheckpoint: the metadata of a federation must have run, record and values",
  );
}

/** Reads a checkpoint. @throws {FedError} `ERR_FORMAT` */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(file);
  if (metadata.fedlt === undefined)
    throw new FedError(
      "ERR_FORMAT",
      "fedlt/decodeCheckpoint: the file has tensors but is not a checkpoint of a federation",
    );
  const { run, record, values } = recordedIn(metadata.fedlt);
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
