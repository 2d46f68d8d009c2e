import { split } from "shamir-secret-sharing";
import { FedError } from "../errors";
import type { FitTask, FitUpdate, LocalTrain } from "../runtime/task";
import {
  addMask,
  createKeyPair,
  type KeyPair,
  seal,
  secureBytes,
  sharedKey,
  unseal,
} from "./masks";
import { maskLabel, PHASES, type SecureFitConfig, SHARE_BYTES, shareLabel } from "./phases";
import { encodeSum, zeroGroups } from "./sum-layout";

/** The secrets that a client keeps during one round. */
interface RoundSecrets {
  readonly round: number;
  readonly attempt: string;
  /** Key pair for encrypting shares. */
  readonly channel: KeyPair;
  /** Key pair for the masks of pairs. */
  readonly mask: KeyPair;
  /** The seed of its own mask. */
  readonly seed: Uint8Array;
  peers: Map<string, { channel: Uint8Array; mask: Uint8Array }>;
  threshold: number;
  /** Encrypted shares from others, and its own. */
  boxes: Map<string, Uint8Array>;
  ownShares: Uint8Array | undefined;
  /** The survivors for which it has already sent shares: it sends them only once. */
  answeredFor: string | undefined;
}

const answer = (
  blobs: ReadonlyMap<string, Uint8Array>,
  metrics: Record<string, number> = {},
): FitUpdate => ({
  params: new Map(),
  numSamples: 1,
  metrics,
  blobs,
});

const fail = (clientId: string, problem: string): never => {
  throw new FedError("ERR_SECURE", `fedlt/secure, client ${clientId}: ${problem}`, {
    fields: { clientId },
  });
};

function offerKeys(secrets: RoundSecrets): FitUpdate {
  return answer(
    new Map([
      ["channel", secrets.channel.publicKey],
      ["mask", secrets.mask.publicKey],
    ]),
  );
}

/** Splits its mask key and its seed, and encrypts one share of each for every peer. */
async function shareSecrets(
  { clientId, round, blobs = new Map(), config }: FitTask,
  secrets: RoundSecrets,
): Promise<FitUpdate> {
  const ids = config.clients as readonly string[];
  secrets.threshold = Number(config.threshold);
  if (!ids.includes(clientId) || new Set(ids).size !== ids.length)
    fail(clientId, "the list of clients must name each once, this one too");
  if (secrets.threshold <= ids.length / 2)
    fail(
      clientId,
      `a threshold of ${secrets.threshold} of ${ids.length} would let a server ask two halves for different secrets`,
    );
  secrets.peers = new Map(
    ids.map((id) => [
      id,
      {
        channel: blobs.get(`${id}/channel`) ?? fail(clientId, `the keys of ${id} are missing`),
        mask: blobs.get(`${id}/mask`)!,
      },
    ]),
  );
  const keyShares = await split(secrets.mask.secretKey, ids.length, secrets.threshold);
  const seedShares = await split(secrets.seed, ids.length, secrets.threshold);
  const boxes = new Map<string, Uint8Array>();
  for (const [i, id] of ids.entries()) {
    const both = new Uint8Array(2 * SHARE_BYTES);
    both.set(keyShares[i]!);
    both.set(seedShares[i]!, SHARE_BYTES);
    if (id === clientId) secrets.ownShares = both;
    else {
      const label = shareLabel(round, clientId, id);
      boxes.set(
        id,
        seal(
          sharedKey(secrets.channel.secretKey, secrets.peers.get(id)!.channel, "shares"),
          both,
          label,
        ),
      );
    }
  }
  return answer(boxes);
}

/** Trains, and returns the update under its own mask and those of all pairs. */
async function maskedFit(
  task: FitTask,
  secrets: RoundSecrets,
  train: LocalTrain,
  signal: AbortSignal | undefined,
): Promise<FitUpdate> {
  const { clientId, round, blobs = new Map(), config } = task;
  const { secure, attempt: _attempt, ...own } = config;
  const { groups, maxSamples, clip, levels } = secure as unknown as SecureFitConfig;
  secrets.boxes = new Map([...blobs].map(([name, box]) => [name.replace(/^from\//, ""), box]));
  if (secrets.boxes.size + 1 < secrets.threshold)
    fail(clientId, "fewer clients than the threshold are left");
  const { blobs: _, ...rest } = task;
  const update = await train({ ...rest, kind: "fit", config: own }, { signal });
  const layout = {
    params: task.params,
    groups: zeroGroups(groups),
    maxSamples,
    quantisation: { clip, levels },
  };
  const { numbers, saturated } = encodeSum(update, layout);
  addMask(numbers, secrets.seed, 1);
  for (const id of secrets.boxes.keys()) {
    const peer = secrets.peers.get(id) ?? fail(clientId, `${id} offered no keys`);
    addMask(
      numbers,
      sharedKey(secrets.mask.secretKey, peer.mask, maskLabel(round)),
      clientId < id ? 1 : -1,
    );
  }
  return answer(new Map([["masked", new Uint8Array(numbers.buffer)]]), { saturated });
}

/** Returns its shares: of the seeds of clients that answered, of the mask keys of those that dropped out; never both for one. */
function giveShares({ clientId, round, config }: FitTask, secrets: RoundSecrets): FitUpdate {
  const survivors = config.survivors as readonly string[];
  const text = JSON.stringify(survivors);
  if (secrets.answeredFor !== undefined && secrets.answeredFor !== text)
    fail(clientId, "shares were asked for twice with different survivors");
  if (new Set(survivors).size < secrets.threshold)
    fail(clientId, "fewer survivors than the threshold");
  secrets.answeredFor = text;
  const shares = new Map<string, Uint8Array>();
  for (const id of [clientId, ...secrets.boxes.keys()]) {
    const box = secrets.boxes.get(id);
    const both = box
      ? unseal(
          sharedKey(secrets.channel.secretKey, secrets.peers.get(id)!.channel, "shares"),
          box,
          shareLabel(round, id, clientId),
        )
      : secrets.ownShares!;
    const hasAnswered = survivors.includes(id);
    shares.set(
      `${hasAnswered ? "seed" : "key"}/${id}`,
      hasAnswered ? both.slice(SHARE_BYTES) : both.slice(0, SHARE_BYTES),
    );
  }
  return answer(shares);
}

/**
 * A client's side of secure aggregation around its local training. It sends only public keys, encrypted shares, a
 * masked sum and, at the end, shares that unmask only the sum. Plain tasks are refused.
 *
 * Secrets stay in memory for one round. A client that is restarted within a round counts as dropped out.
 *
 * @throws {FedError} when called: `ERR_SECURE` for a step out of order, a threshold of half the clients or less, shares that
 *   were changed, or a request that would unmask a single update
 * @see Bonawitz et al. 2017, figure 4
 */
export function secureClient(train: LocalTrain): LocalTrain {
  const byClient = new Map<string, RoundSecrets>();
  return async (task, { signal }) => {
    const { kind, clientId, round } = task;
    const attempt = String(task.config.attempt);
    if (kind === PHASES.keys) {
      const fresh: RoundSecrets = {
        round,
        attempt,
        channel: createKeyPair(),
        mask: createKeyPair(),
        seed: secureBytes(32),
        peers: new Map(),
        threshold: 0,
        boxes: new Map(),
        ownShares: undefined,
        answeredFor: undefined,
      };
      byClient.set(clientId, fresh);
      return offerKeys(fresh);
    }
    if (kind !== PHASES.shares && kind !== PHASES.fit && kind !== PHASES.unmask)
      return fail(
        clientId,
        `a plain task (${kind ?? "fit"}) would show the update; start the coordinator with secureAggregation()`,
      );
    const secrets = byClient.get(clientId);
    if (!secrets || secrets.round !== round || secrets.attempt !== attempt)
      return fail(
        clientId,
        `round ${round} continues without this client: it has no keys for the round`,
      );
    if (kind === PHASES.shares) return shareSecrets(task, secrets);
    if (kind === PHASES.fit) return maskedFit(task, secrets, train, signal);
    return giveShares(task, secrets);
  };
}
