import { x25519 } from "@noble/curves/ed25519.js";
import { combine } from "shamir-secret-sharing";
import type { Complete } from "../../complete";
import { FedError, optionsOf, real, refuseUnknown, whole } from "../../errors";
import { type CollectOptions, collectUpdates } from "../runtime/collect-updates";
import type { CollectInput, Collector } from "../runtime/federation-types";
import type { Blobs, FitTask, FitUpdate, Json } from "../runtime/task";
import { checksum } from "../tensors/checksum";
import { addMask, secureBytes, sharedKey } from "./masks";
import { maskLabel, PHASES, SHARE_BYTES } from "./phases";
import { defaultQuantisation, mostClients, type Quantisation } from "./quantise";
import { checkSum, decodeSum, layoutLength, type SumLayout, shapesOf } from "./sum-layout";

/** Options of `secureAggregation`. */
export interface SecureAggregationOptions {
  /** Share of a round's clients that must remain to the end, above 1/2. Default 2/3. */
  readonly threshold?: number | undefined;
  /** Largest n_k, at most 16,843,009; clients with more samples refuse the task. Default 1000. */
  readonly maxSamples?: number | undefined;
  /** Default ±8 in 2^22 levels. It applies to n_k/maxSamples times the change of each weight. */
  readonly quantisation?: Quantisation | undefined;
}

/** Shares over a field of 256 elements have at most this many holders. */
const MOST_HOLDERS = 255;

/** The sample counts of so many clients stay below 2^32. */
const MOST_SAMPLES = Math.floor((2 ** 32 - 1) / MOST_HOLDERS);

type Answers = ReadonlyMap<string, FitUpdate>;

/** Sends the tasks of one phase to some clients. */
type Ask = (
  kind: string,
  clients: Iterable<string>,
  details: (clientId: string) => Partial<FitTask>,
  check: (blobs: Blobs, clientId: string) => void,
) => Promise<Answers>;

function checkBlob(blobs: Blobs, name: string, bytes: number): void {
  const found = blobs.get(name)?.length;
  if (found !== bytes)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/secure: ${name} must have ${bytes} bytes, got ${found ?? "none"}`,
      { fields: { name } },
    );
}

/** `attempt` distinguishes the tasks of a retried round: old answers must not mix with new keys. */
function askWith(
  { transport, tasks, timing, onEvent, signal }: CollectInput,
  attempt: string,
): Ask {
  return (kind, clients, details, check) => {
    const asked = new Map(
      [...clients].map((clientId): [string, FitTask] => {
        const { round, seed } = tasks.get(clientId)!;
        const empty = { params: new Map(), groups: new Map(), config: {} };
        const task = { ...empty, ...details(clientId) };
        return [
          clientId,
          { ...task, kind, round, seed, clientId, config: { ...task.config, attempt } },
        ];
      }),
    );
    const options: CollectOptions = {
      ...timing,
      signal,
      check: ({ clientId }, { blobs = new Map() }) => check(blobs, clientId),
      onEvent,
    };
    return collectUpdates(transport, asked, options);
  };
}

/** Reconstructs a secret from the shares of enough clients. */
async function recover(answers: Answers, name: string, threshold: number): Promise<Uint8Array> {
  const shares = [...answers.values()].flatMap(({ blobs }) => blobs?.get(name) ?? []);
  if (shares.length < threshold)
    throw new FedError(
      "ERR_SECURE",
      `fedlt/secure: ${threshold} shares of ${name} are needed, got ${shares.length}`,
    );
  return combine(shares.slice(0, threshold).map((share) => new Uint8Array(share)));
}

/** The sum of the survivors' numbers without any mask. */
async function unmasked(
  masked: Answers,
  shares: Answers,
  masks: ReadonlyMap<string, Uint8Array>,
  { threshold, round, length }: { threshold: number; round: number; length: number },
): Promise<Uint32Array> {
  const sum = new Uint32Array(length);
  for (const { blobs } of masked.values()) {
    const own = new Uint32Array(new Uint8Array(blobs!.get("masked")!).buffer);
    for (let i = 0; i < length; i++) sum[i] = (sum[i]! + own[i]!) >>> 0;
  }
  for (const id of masked.keys()) addMask(sum, await recover(shares, `seed/${id}`, threshold), -1);
  for (const dropped of masks.keys()) {
    if (masked.has(dropped)) continue;
    const key = await recover(shares, `key/${dropped}`, threshold);
    if (x25519.getPublicKey(key).some((byte, i) => byte !== masks.get(dropped)![i]))
      throw new FedError(
        "ERR_SECURE",
        `fedlt/secure: the shares of client ${dropped}, who dropped out, do not fit its public key`,
      );
    // The masks of the survivors' pairs with it are still in the sum.
    for (const id of masked.keys())
      addMask(sum, sharedKey(key, masks.get(id)!, maskLabel(round)), id < dropped ? -1 : 1);
  }
  return sum;
}

/** Answers of the other phases are not updates, but their bytes count. */
const quietly =
  (onEvent: CollectInput["onEvent"]): CollectInput["onEvent"] =>
  (event) => {
    if (event.type !== "update-accepted") return onEvent(event);
    const { clientId, bytesUp, bytesDown } = event;
    return onEvent({ type: "phase-answered", clientId, bytesUp, bytesDown });
  };

/** @throws {FedError} `ERR_RANGE` for more clients than shares and sums allow */
function checkRoundSize(clients: number, quantisation: Quantisation): void {
  const most = Math.min(MOST_HOLDERS, mostClients(quantisation));
  if (clients <= most) return;
  throw new FedError(
    "ERR_RANGE",
    `fedlt/secure: a round may have at most ${most} clients, got ${clients}; choose clientsPerRound`,
  );
}

/** The round's clients with their public keys, by `id/channel` and `id/mask`. */
async function collectKeys(ask: Ask, clients: Iterable<string>) {
  const answers = await ask(
    PHASES.keys,
    clients,
    () => ({}),
    (blobs) => {
      checkBlob(blobs, "channel", 32);
      checkBlob(blobs, "mask", 32);
    },
  );
  const ids = [...answers.keys()];
  const named = ids.flatMap((id) =>
    (["channel", "mask"] as const).map(
      (name) => [`${id}/${name}`, answers.get(id)!.blobs!.get(name)!] as const,
    ),
  );
  return { ids, publicKeys: new Map(named) };
}

/** Each client's encrypted shares for the others. */
const collectShares = (
  ask: Ask,
  { ids, publicKeys }: Awaited<ReturnType<typeof collectKeys>>,
  threshold: number,
): Promise<Answers> =>
  ask(
    PHASES.shares,
    ids,
    () => ({ blobs: publicKeys, config: { clients: ids, threshold } }),
    (blobs, clientId) => {
      for (const id of ids) if (id !== clientId) checkBlob(blobs, id, 12 + 2 * SHARE_BYTES + 16);
    },
  );

/** The masked updates of the clients that shared their secrets. */
function collectMasked(
  ask: Ask,
  { tasks }: CollectInput,
  shared: Answers,
  layout: SumLayout,
): Promise<Answers> {
  const secure = {
    groups: shapesOf(layout.groups),
    maxSamples: layout.maxSamples,
    ...layout.quantisation,
  } as unknown as Json;
  return ask(
    PHASES.fit,
    shared.keys(),
    (clientId) => {
      const { params, groups, config } = tasks.get(clientId)!;
      const boxes = [...shared].flatMap(([id, { blobs }]) =>
        id === clientId ? [] : [[`from/${id}`, blobs!.get(clientId)!] as const],
      );
      return { params, groups, config: { ...config, secure }, blobs: new Map(boxes) };
    },
    (blobs) => checkBlob(blobs, "masked", 4 * layoutLength(layout)),
  );
}

/** Shares that unmask the sum: seeds of the clients whose updates are in it, keys of those that dropped out. */
const collectOpenings = (ask: Ask, masked: Answers, shared: Answers): Promise<Answers> =>
  ask(
    PHASES.unmask,
    masked.keys(),
    () => ({ config: { survivors: [...masked.keys()] } }),
    (blobs) => {
      for (const id of shared.keys())
        checkBlob(blobs, `${masked.has(id) ? "seed" : "key"}/${id}`, SHARE_BYTES);
    },
  );

/** How many numbers a client says it clipped; what is no count is 0. */
const saturationOf = ({ saturated = 0 }: FitUpdate["metrics"] = {}): number =>
  Number.isSafeInteger(saturated) && saturated > 0 ? saturated : 0;

/** The four phases of one round. */
async function collectSecurely(
  input: CollectInput,
  options: Complete<SecureAggregationOptions>,
): Promise<Awaited<ReturnType<Collector["collect"]>>> {
  const { tasks, context, strategy, timing } = input;
  const { quantisation } = options;
  const nothing = { updates: [], participants: [] };
  const attempt = checksum(secureBytes(16)) + checksum(secureBytes(16));
  const ask = askWith({ ...input, onEvent: quietly(input.onEvent) }, attempt);
  checkRoundSize(tasks.size, quantisation);
  const keys = await collectKeys(ask, tasks.keys());
  const threshold = Math.max(2, Math.ceil(keys.ids.length * options.threshold));
  if (keys.ids.length < Math.max(2, timing.quorum ?? 1)) return nothing;
  const shared = await collectShares(ask, keys, threshold);
  if (shared.size < threshold) return nothing;
  const layout: SumLayout = {
    params: context.state.params,
    groups: strategy.sumGroups?.(context.state) ?? new Map(),
    maxSamples: strategy.isUnweighted ? 0 : options.maxSamples,
    quantisation,
  };
  const masked = await collectMasked(askWith(input, attempt), input, shared, layout);
  if (masked.size < Math.max(threshold, timing.quorum ?? 1)) return nothing;
  const shares = await collectOpenings(ask, masked, shared);
  if (shares.size < threshold) return nothing;
  const { publicKeys } = keys;
  const masks = new Map([...shared.keys()].map((id) => [id, publicKeys.get(`${id}/mask`)!]));
  const size = { threshold, round: context.round, length: layoutLength(layout) };
  const sum = await unmasked(masked, shares, masks, size);
  checkSum(sum, masked.size, layout);
  const saturations = [...masked.values()].map(({ metrics }) => saturationOf(metrics));
  const update = {
    clientId: "secure-sum",
    clients: masked.size,
    metrics: { saturated: saturations.reduce((total, count) => total + count, 0) },
    ...decodeSum(sum, masked.size, layout),
  };
  return { updates: [update], participants: [...masked.keys()] };
}

/**
 * Secure aggregation for `runFederation`'s `collector`: the coordinator sees masked updates and learns only their sum, also
 * when clients drop out during the round, as long as the threshold is met. Clients wrap their training in `secureClient`.
 *
 * It protects against an honest-but-curious coordinator that colludes with fewer clients than the threshold. It does not
 * protect against one that invents clients; for that, keys must be certified. Sample counts and metrics of single clients
 * stay hidden too, so robust aggregation and strategies that need each update are refused.
 *
 * @throws {FedError} `ERR_RANGE` for options and for more than 255 clients per round; when a run starts, `ERR_SECURE` for a strategy that needs
 *   single updates; in a round, `ERR_SECURE` for shares that do not fit or a sum that honest clients cannot produce
 * @see Bonawitz et al. 2017; Flower's SecAgg+ for the constants
 */
export function secureAggregation(options: SecureAggregationOptions = {}): Collector {
  const {
    threshold = 2 / 3,
    maxSamples = 1000,
    quantisation = defaultQuantisation,
    ...rest
  } = optionsOf("secureAggregation", options);
  refuseUnknown("secureAggregation", rest);
  real("secureAggregation", "threshold", threshold, { above: 0.5, max: 1 });
  whole("secureAggregation", "maxSamples", maxSamples, { min: 1, max: MOST_SAMPLES });
  real("secureAggregation", "clip", quantisation.clip, { above: 0 });
  whole("secureAggregation", "levels", quantisation.levels, { min: 2, max: 2 ** 31 });
  return {
    prepare: (strategy) => {
      if (strategy.needs === "sum") return;
      throw new FedError(
        "ERR_SECURE",
        `fedlt/secureAggregation: ${strategy.name} looks at single updates, which secure aggregation hides; use a strategy or aggregator that needs sums`,
        {
          fields: { strategy: strategy.name },
        },
      );
    },
    collect: (input) => collectSecurely(input, { threshold, maxSamples, quantisation }),
  };
}
