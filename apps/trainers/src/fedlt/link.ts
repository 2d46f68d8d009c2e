import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne, requireTogether } from "@deepgrain/command-line/flags/given-together";
import { type OwnProcesses, PROCESSES_FILE } from "@deepgrain/command-line/runs/own-processes";
import { isLoopback } from "@deepgrain/command-line/terminal/listen";
import { type ClientEvent, FedError, type LocalTrain } from "@deepgrain/fedlt";
import { joinLink, type Link, openLink } from "@deepgrain/fedlt/links";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import type { joinFlags, linkFlags } from "./flags";

/** The files that a link writes into the folder of its run. */
export const linkFiles = ["keys/", "broker/", PROCESSES_FILE];

type Tls = Partial<Pick<Values<typeof joinFlags>, "tlsCa" | "tlsCert" | "tlsKey">>;

const tlsOf = ({ tlsCert: certFile, tlsKey: keyFile, tlsCa: caFile }: Tls) => ({
  certFile,
  keyFile,
  caFile,
});

/** How members reach this process: as asked for, or as a broker's flags imply. */
const transportOf = ({ transport, startBroker, endpoint }: Values<typeof linkFlags>) =>
  transport ?? (startBroker || endpoint !== undefined ? "nats" : "websocket");

/** Checks that a link's flags fit together, and writes nothing. @throws {UsageError} */
export function checkLink(given: Values<typeof linkFlags>): void {
  const { host, endpoint, startBroker, tlsCert, tlsKey } = given;
  const isNats = transportOf(given) === "nats";
  if (!isNats && (endpoint !== undefined || startBroker))
    throw new UsageError("--start-broker and --endpoint go with --transport nats");
  if (isNats) requireOne({ startBroker, endpoint });
  requireTogether({ tlsCert, tlsKey });
  if ((!isNats || startBroker) && tlsCert === undefined && !isLoopback(host))
    throw new UsageError(
      `--host ${host} can be reached from outside: give --tls-cert and --tls-key`,
    );
}

/** Opens the link that the flags describe; its files stand in the folder of the run. */
export function linkOf(
  given: Values<typeof linkFlags>,
  clients: readonly string[],
  { out: folder, processes }: { out: string; processes: OwnProcesses },
): Promise<Link> {
  const { endpoint: server, run, host, port, websocketPort } = given;
  const transport = transportOf(given);
  const own = { transport, server, run, host, port, websocketPort, tls: tlsOf(given) };
  return openLink({ ...own, folder, clients, onProcess: processes.note });
}

/** Takes part in the federation that the flags name. @throws {UsageError} for a file without a key */
export async function* join(
  { endpoint: server, run, key, wait, ...given }: Values<typeof joinFlags>,
  member: { clientId: string; train: LocalTrain; signal: AbortSignal },
): AsyncGenerator<ClientEvent, void> {
  const own = { server, run, keyFile: key, waitMs: 1000 * wait, tls: tlsOf(given) };
  try {
    yield* joinLink({ ...own, ...member });
  } catch (error) {
    if (!FedError.isInstance(error) || error.fields.path !== key) throw error;
    throw new UsageError(problemOf(error), { cause: error });
  }
}
