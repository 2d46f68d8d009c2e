import { sha256 } from "@noble/hashes/sha2.js";
import { functionOf } from "../../errors";
import { canonicalBytes } from "../runtime/canonical-bytes";
import type { FitTask, FitUpdate, LocalTrain } from "../runtime/task";
import { type Boxes, type OwnKeys, refuse, type SharedSecrets } from "./client-secrets";
import { boxesOf, giveShares, maskedFit, offerKeys, shareSecrets } from "./client-steps";
import { PHASES } from "./phases";

const ORDER: readonly string[] = [PHASES.keys, PHASES.shares, PHASES.fit, PHASES.unmask];

/** A phase that was requested: what exactly, and its answer once there is one. */
interface Step {
  readonly request: string;
  answer: Promise<FitUpdate> | undefined;
}

/** One attempt at a round: the phases so far, in order, and what the client knows after each. */
interface Attempt {
  readonly round: number;
  readonly name: string;
  readonly steps: Step[];
  keys?: OwnKeys | undefined;
  shared?: SharedSecrets | undefined;
  boxes?: Boxes | undefined;
}

/** Identifies a request: equal requests only are equal. */
function digest(task: FitTask): string {
  const hash = sha256.create();
  for (const part of canonicalBytes(task)) hash.update(part);
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes the step that a request names; all earlier steps have been answered. */
async function takeStep(
  attempt: Attempt,
  task: FitTask,
  train: LocalTrain,
  signal: AbortSignal | undefined,
): Promise<FitUpdate> {
  if (task.kind === PHASES.keys) {
    const { keys, answer } = offerKeys();
    attempt.keys = keys;
    return answer;
  }
  const keys = attempt.keys!;
  if (task.kind === PHASES.shares) {
    const { shared, answer } = await shareSecrets(task, keys);
    attempt.shared = shared;
    return answer;
  }
  const shared = attempt.shared!;
  if (task.kind === PHASES.unmask) return giveShares(task, keys, shared, attempt.boxes!);
  const boxes = boxesOf(task, shared);
  attempt.boxes = boxes;
  return maskedFit(task, keys, shared, boxes, { train, signal });
}

/** The answer to a request: the one that was given, if it is the same request, or that of the next step. */
async function respond(
  attempt: Attempt,
  task: FitTask,
  train: LocalTrain,
  signal: AbortSignal | undefined,
): Promise<FitUpdate> {
  const { steps } = attempt;
  const index = ORDER.indexOf(task.kind!);
  const request = digest(task);
  if (index > 0 && !(await steps[index - 1]?.answer))
    return refuse(task, `${task.kind} was asked for before ${ORDER[index - 1]}`);
  // From here on this phase has its request. What failed may be tried again, with the same contents.
  steps[index] ??= { request, answer: undefined };
  const step = steps[index];
  if (step.request !== request)
    return refuse(
      task,
      `${task.kind} was asked for twice with different contents, which could unmask a single update`,
    );
  step.answer ??= takeStep(attempt, task, train, signal);
  try {
    return await step.answer;
  } catch (error) {
    step.answer = undefined;
    throw error;
  }
}

/**
 * A client's side of secure aggregation around its local training. It sends only public keys, encrypted shares, a
 * masked sum and, at the end, shares that unmask only the sum. Plain tasks are refused.
 *
 * Each attempt at a round has four phases, in order and once each: keys, shares, the update, unmasking. The same request again
 * gets the same bytes; another one for a phase that was answered is refused, as is a survivor whose shares the client
 * does not have. So no order of requests unmasks a single update, unless the coordinator invents clients.
 *
 * Secrets stay in memory for one round. A client that is restarted within a round counts as dropped out.
 *
 * @throws {FedError} when called: `ERR_SECURE` for a phase out of order, a second and different request for one, a threshold of
 *   half the clients or less, shares that were changed, or a request that would unmask a single update
 * @see Bonawitz et al. 2017, figure 4
 */
export function secureClient(train: LocalTrain): LocalTrain {
  functionOf("secureClient", "train", train);
  const attempts = new Map<string, Attempt>();
  return async (task, { signal }) => {
    const { kind, clientId, round } = task;
    if (kind === undefined || !ORDER.includes(kind))
      return refuse(
        task,
        `a plain task (${kind ?? "fit"}) would show the update; start the coordinator with secureAggregation()`,
      );
    const name = String(task.config.attempt);
    let attempt = attempts.get(clientId);
    if (attempt?.round !== round || attempt.name !== name) {
      if (kind !== PHASES.keys)
        return refuse(
          task,
          `round ${round} continues without this client: it has no keys for the round`,
        );
      attempt = { round, name, steps: [] };
      attempts.set(clientId, attempt);
    }
    return respond(attempt, task, train, signal);
  };
}
