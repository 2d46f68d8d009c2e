import { FedError } from "../../errors";
import type { FederationEvent } from "./federation-types";
import type { FederationSettings } from "./settings";

/** The longest delay of a timer, about 25 days: longer ones are without end. */
const MAX_DELAY_MS = 2 ** 31;

/** Time after which nobody having joined is worth a word. */
const QUIET_MS = 10_000;

/**
 * Waits until enough clients are connected, and warns once after 10 s without them.
 * @throws {FedError} `ERR_QUORUM` after `waitMs`; the signal's reason when the signal is aborted
 */
export async function waitForClients(
  { transport, minClients, waitMs, signal }: FederationSettings,
  emit: (event: FederationEvent) => void,
): Promise<void> {
  const joined = () => transport.nodes().length;
  if (joined() >= minClients) return;
  const warn = () =>
    emit({
      type: "warning",
      reason: "no-clients",
      message: `fedlt/runFederation: ${joined() === 0 ? "no client has" : `${joined()} of ${minClients} clients have`} joined yet; each needs this run's name and address, its own id and its key`,
    });
  await new Promise<void>((resolve, reject) => {
    const finish = (error?: unknown) => {
      clearTimeout(quiet);
      clearTimeout(timer);
      stop();
      signal?.removeEventListener("abort", onAbort);
      error === undefined ? resolve() : reject(error);
    };
    const onAbort = () => finish(signal?.reason);
    const quiet = setTimeout(warn, QUIET_MS);
    const giveUp = () =>
      finish(
        new FedError(
          "ERR_QUORUM",
          `fedlt/runFederation: ${minClients} clients must be connected, got ${joined()}`,
          { fields: { wanted: minClients, connected: joined() } },
        ),
      );
    const timer = waitMs < MAX_DELAY_MS ? setTimeout(giveUp, waitMs) : undefined;
    const stop = transport.onEvent(() => joined() >= minClients && finish());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
  });
}
