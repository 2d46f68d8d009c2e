import { type ClientEvent, FedError, type LocalTrain } from "@deepgrain/fedlt";
import { fields } from "@deepgrain/fedlt/fields";
import { joinLink, type Link, openLink } from "@deepgrain/fedlt/links";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { type OwnProcesses, PROCESSES_FILE } from "../store/own-processes";

const { run, ...link } = flagsFrom(fields.link);

/** How a coordinator reaches its clients. */
export const linkFlags = {
  transport: link.transport,
  startBroker: flags.flag({ help: "Start a NATS server for this run (Debian: nats-server)" }),
  server: link.server,
  run,
  host: link.host,
  port: link.port,
  websocketPort: link.websocketPort,
  wait: flags.real({
    min: 0.001,
    help: "Seconds to wait for clients; unlimited by default",
  }),
  tlsCert: flags.file({ help: "Certificate of this server, PEM" }),
  tlsKey: flags.file({ help: "Its private key, PEM" }),
  tlsCa: flags.file({ help: "Authority that must have signed the clients' certificates, PEM" }),
};

/** How a client reaches its coordinator. */
export const joinFlags = {
  server: flags.text({
    required: true,
    hint: "url",
    help: "nats://host:4222 or tls://host:4222 of the broker, or ws://host:8080 or wss://… of the coordinator",
  }),
  run,
  key: flags.file({ required: true, help: "This client's key file, made by the coordinator" }),
  wait: flags.real({
    min: 0.001,
    default: 600,
    help: "Seconds to wait for a coordinator that is missing or gone",
  }),
  tlsCa: flags.file({ help: "Authority that signed the server's certificate, PEM" }),
  tlsCert: flags.file({ help: "Certificate of this client, PEM, if the broker asks for one" }),
  tlsKey: flags.file({ help: "Its private key, PEM" }),
};

/** The files that a link writes into the folder of its run. */
export const linkFiles = ["keys/", "broker/", PROCESSES_FILE];

type Tls = Partial<Pick<Values<typeof joinFlags>, "tlsCa" | "tlsCert" | "tlsKey">>;

const tlsOf = ({ tlsCert: certFile, tlsKey: keyFile, tlsCa: caFile }: Tls) => ({
  certFile,
  keyFile,
  caFile,
});

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || host.startsWith("127.");

/** Checks that a link's flags fit together, and writes nothing. @throws {UsageError} */
export function checkLink(given: Values<typeof linkFlags>): void {
  const { transport, host, server, startBroker, tlsCert, tlsKey } = given;
  const isNats = transport === "nats";
  if (isNats && (server === undefined) !== startBroker)
    throw new UsageError("give either --start-broker or --server");
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError("--tls-cert and --tls-key belong together");
  if ((!isNats || startBroker) && tlsCert === undefined && !isLoopback(host))
    throw new UsageError(
      `--host ${host} can be reached from outside: give --tls-cert and --tls-key`,
    );
}

/** Opens the link that the flags describe; its files stand in the folder of the run. */
export function linkOf(
  { transport, server, run, host, port, websocketPort, ...given }: Values<typeof linkFlags>,
  clients: readonly string[],
  { out: folder, processes }: { out: string; processes: OwnProcesses },
): Promise<Link> {
  const own = { transport, server, run, host, port, websocketPort, tls: tlsOf(given) };
  return openLink({ ...own, folder, clients, onProcess: processes.note });
}

/** Takes part in the federation that the flags name. @throws {UsageError} for a file without a key */
export async function* join(
  { server, run, key, wait, ...given }: Values<typeof joinFlags>,
  member: { clientId: string; train: LocalTrain; signal: AbortSignal },
): AsyncGenerator<ClientEvent, void> {
  const own = { server, run, keyFile: key, waitMs: 1000 * wait, tls: tlsOf(given) };
  try {
    yield* joinLink({ ...own, ...member });
  } catch (error) {
    if (!FedError.isInstance(error) || error.fields.path !== key) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
