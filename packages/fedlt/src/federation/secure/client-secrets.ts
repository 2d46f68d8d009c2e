import { FedError } from "../../errors";
import type { FitTask, FitUpdate } from "../runtime/task";
import type { KeyPair } from "./masks";

/** The public keys of one client of the round. */
export interface PeerKeys {
  /** For encrypting shares. */
  readonly channel: Uint8Array;
  /** For the masks of pairs. */
  readonly mask: Uint8Array;
}

/** A client's knowledge after it has offered its keys. */
export interface OwnKeys {
  readonly channel: KeyPair;
  readonly mask: KeyPair;
  /** The seed of its own mask. */
  readonly seed: Uint8Array;
}

/** Its knowledge after it has shared its secrets. */
export interface SharedSecrets {
  /** Every client of the round, this one too. */
  readonly peers: ReadonlyMap<string, PeerKeys>;
  readonly threshold: number;
  /** Its shares of its own secrets. */
  readonly ownShares: Uint8Array;
}

/** Encrypted shares from the others, by sender: their masks and this client's cancel in the sum. */
export type Boxes = ReadonlyMap<string, Uint8Array>;

/** An answer that holds bytes alone. */
export function answerOf(
  blobs: ReadonlyMap<string, Uint8Array>,
  metrics: Record<string, number> = {},
): FitUpdate {
  return { params: new Map(), numSamples: 1, metrics, blobs };
}

/** Refuses a request. @throws {FedError} `ERR_SECURE` */
export function refuse({ clientId, round }: FitTask, problem: string): never {
  throw new FedError("ERR_SECURE", `fedlt/secure, client ${clientId}: ${problem}`, {
    fields: { clientId, round },
  });
}

/** Checks a list of client ids. @throws {FedError} `ERR_SECURE` unless all are texts and differ */
export function namesOf(task: FitTask, name: string): readonly string[] {
  const ids = task.config[name];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string"))
    return refuse(task, `${name} must be a list of names`);
  if (new Set(ids).size !== ids.length) refuse(task, `${name} must name each client once`);
  return ids as string[];
}
