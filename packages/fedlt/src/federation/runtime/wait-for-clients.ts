import { FedError } from "../../errors";
import type { FederationEvent } from "./federation-types";
import type { FederationSettings } from "./settings";

/** Time after which nobody having joined is worth a word. */
const QUIET_MS = 10_000;

/**
 * Waits until enough clients are connected, and warns once after 10 s without them.
 * @throws {FedError} `ERR_QUORUM` after `giveUpMs`; the signal's reason when the signal is aborted
 */
export async function waitForClients(
  { transport, minClients, giveUpMs, signal }: FederationSettings,
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
    const timer = setTimeout(
      () =>
        finish(
          new FedError(
            "ERR_QUORUM",
            `fedlt/runFederation: ${minClients} clients must be connected, got ${joined()}`,
            { fields: { wanted: minClients, connected: joined() } },
          ),
        ),
      Math.min(giveUpMs, 2 ** 31 - 1),
    );
    const stop = transport.onEvent(() => joined() >= minClients && finish());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
  });
}
