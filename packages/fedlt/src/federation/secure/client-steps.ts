/** @file What a client answers in each phase of secure aggregation; `secure-client.ts` sees to their order. */
import { split } from "shamir-secret-sharing";
import type { FitTask, FitUpdate, LocalTrain } from "../runtime/task";
import {
  answerOf,
  type Boxes,
  namesOf,
  type OwnKeys,
  type PeerKeys,
  refuse,
  type SharedSecrets,
} from "./client-secrets";
import { addMask, createKeyPair, seal, secureBytes, sharedKey, unseal } from "./masks";
import { maskLabel, type SecureFitConfig, SHARE_BYTES, shareLabel } from "./phases";
import { encodeSum, zeroGroups } from "./sum-layout";

/** New keys, and the answer that offers their public halves. */
export function offerKeys(): { keys: OwnKeys; answer: FitUpdate } {
  const keys = { channel: createKeyPair(), mask: createKeyPair(), seed: secureBytes(32) };
  const answer = answerOf(
    new Map([
      ["channel", keys.channel.publicKey],
      ["mask", keys.mask.publicKey],
    ]),
  );
  return { keys, answer };
}

/** The public keys of every client that the task names. */
function peersOf(task: FitTask, ids: readonly string[]): Map<string, PeerKeys> {
  const keyOf = (name: string) => {
    const key = task.blobs?.get(name);
    return key?.length === 32 ? key : refuse(task, `the key ${name} must have 32 bytes`);
  };
  return new Map(
    ids.map((id) => [id, { channel: keyOf(`${id}/channel`), mask: keyOf(`${id}/mask`) }]),
  );
}

/** Splits its mask key and its seed, and encrypts one share of each for every peer. */
export async function shareSecrets(
  task: FitTask,
  keys: OwnKeys,
): Promise<{ shared: SharedSecrets; answer: FitUpdate }> {
  const { clientId, round, config } = task;
  const ids = namesOf(task, "clients");
  const threshold = Number(config.threshold);
  if (!ids.includes(clientId)) refuse(task, "the list of clients must name this one too");
  if (!Number.isInteger(threshold) || threshold > ids.length)
    refuse(task, `the threshold must be a whole number up to ${ids.length}, got ${threshold}`);
  if (threshold <= ids.length / 2)
    refuse(
      task,
      `a threshold of ${threshold} of ${ids.length} would let a server ask two halves for different secrets`,
    );
  const peers = peersOf(task, ids);
  const keyShares = await split(keys.mask.secretKey, ids.length, threshold);
  const seedShares = await split(keys.seed, ids.length, threshold);
  const boxes = new Map<string, Uint8Array>();
  let ownShares = new Uint8Array();
  for (const [i, id] of ids.entries()) {
    const both = new Uint8Array(2 * SHARE_BYTES);
    both.set(keyShares[i]!);
    both.set(seedShares[i]!, SHARE_BYTES);
    if (id === clientId) ownShares = both;
    else {
      const key = sharedKey(keys.channel.secretKey, peers.get(id)!.channel, "shares");
      boxes.set(id, seal(key, both, shareLabel(round, clientId, id)));
    }
  }
  return { shared: { peers, threshold, ownShares }, answer: answerOf(boxes) };
}

/**
 * The encrypted shares that came with the update's task, by sender.
 * @throws {FedError} `ERR_SECURE` for a sender that is not a peer, or fewer clients than the threshold
 */
export function boxesOf(task: FitTask, { peers, threshold }: SharedSecrets): Boxes {
  const boxes = new Map<string, Uint8Array>();
  for (const [name, box] of task.blobs ?? []) {
    const id = name.replace(/^from\//, "");
    if (id === task.clientId || !peers.has(id)) refuse(task, `${id} offered no keys`);
    boxes.set(id, box);
  }
  if (boxes.size + 1 < threshold) refuse(task, "fewer clients than the threshold are left");
  return boxes;
}

/** Trains, and returns the update under its own mask and those of all pairs. */
export async function maskedFit(
  task: FitTask,
  { mask, seed }: OwnKeys,
  { peers }: SharedSecrets,
  boxes: Boxes,
  { train, signal }: { train: LocalTrain; signal: AbortSignal | undefined },
): Promise<FitUpdate> {
  const { clientId, round, blobs: _blobs, ...rest } = task;
  const { secure, attempt: _attempt, ...config } = task.config;
  const { groups, maxSamples, clip, levels } = secure as unknown as SecureFitConfig;
  const update = await train({ ...rest, clientId, round, kind: "fit", config }, { signal });
  const layout = {
    params: task.params,
    groups: zeroGroups(groups),
    maxSamples,
    quantisation: { clip, levels },
  };
  const { numbers, saturated } = encodeSum(update, layout);
  addMask(numbers, seed, 1);
  for (const id of boxes.keys()) {
    const pair = sharedKey(mask.secretKey, peers.get(id)!.mask, maskLabel(round));
    addMask(numbers, pair, clientId < id ? 1 : -1);
  }
  return answerOf(new Map([["masked", new Uint8Array(numbers.buffer)]]), { saturated });
}

/**
 * Its shares: of the seeds of clients whose updates are in the sum, of the mask keys of those that dropped out; never both
 * for one.
 * @throws {FedError} `ERR_SECURE` for survivors whose shares it does not have, or fewer of them than the threshold
 */
export function giveShares(
  task: FitTask,
  { channel }: OwnKeys,
  { peers, threshold, ownShares }: SharedSecrets,
  boxes: Boxes,
): FitUpdate {
  const { clientId, round } = task;
  const survivors = namesOf(task, "survivors");
  const stranger = survivors.find((id) => id !== clientId && !boxes.has(id));
  if (stranger !== undefined) refuse(task, `${stranger} shared no secrets in this round`);
  if (!survivors.includes(clientId)) refuse(task, "the survivors must include this client");
  if (survivors.length < threshold) refuse(task, "fewer survivors than the threshold");
  const shares = new Map<string, Uint8Array>();
  for (const id of [clientId, ...boxes.keys()]) {
    const box = boxes.get(id);
    const key = box && sharedKey(channel.secretKey, peers.get(id)!.channel, "shares");
    const both = key ? unseal(key, box, shareLabel(round, id, clientId)) : ownShares;
    if (survivors.includes(id)) shares.set(`seed/${id}`, both.slice(SHARE_BYTES));
    else shares.set(`key/${id}`, both.slice(0, SHARE_BYTES));
  }
  return answerOf(shares);
}
