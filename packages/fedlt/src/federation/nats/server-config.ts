import { FedError, having, optionsOf, refuseUnknown, textOf } from "../../errors";
import { checkToken, runNames } from "./subjects";

/** Certificate files. */
interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** If given, clients must present certificates signed by this authority. */
  readonly caFile?: string | undefined;
}

/** Options of `natsServerConfig`. */
export interface NatsServerOptions {
  readonly run: string;
  /** Public key of the coordinator. */
  readonly coordinator: string;
  /** Public keys by client id. */
  readonly clients: Readonly<Record<string, string>>;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default 4222. */
  readonly port?: number | undefined;
  /** Also listens for WebSocket connections from browsers. */
  readonly websocketPort?: number | undefined;
  /** Folder for streams and buckets. */
  readonly storeFolder: string;
  /** Required for any host except a loopback address. */
  readonly tls?: TlsFiles | undefined;
}

/** All permissions of one client. */
function clientPermissions(
  run: string,
  clientId: string,
): { publish: string[]; subscribe: string[] } {
  checkToken("clientId", clientId);
  const { task, hello, update, control, down, up } = runNames(run);
  const [downStream, upStream] = [`OBJ_${down}`, `OBJ_${up(clientId)}`];
  return {
    publish: [
      hello(clientId),
      update(clientId),
      "$JS.API.INFO", // limits and usage of the account, which the object store requests
      // Read models.
      `$JS.API.STREAM.INFO.${downStream}`,
      `$JS.API.DIRECT.GET.${downStream}.>`,
      `$JS.API.STREAM.MSG.GET.${downStream}`,
      `$JS.API.CONSUMER.CREATE.${downStream}.>`,
      `$JS.API.CONSUMER.DELETE.${downStream}.>`,
      `$JS.FC.${downStream}.>`,
      // Write answers into its own bucket.
      `$O.${up(clientId)}.>`,
      `$JS.API.STREAM.INFO.${upStream}`,
      `$JS.API.STREAM.PURGE.${upStream}`,
      `$JS.API.DIRECT.GET.${upStream}.>`,
      `$JS.API.STREAM.MSG.GET.${upStream}`,
    ],
    subscribe: [task(clientId), control, `_INBOX_${clientId}.>`],
  };
}

const list = (subjects: readonly string[]): string =>
  `{ allow: [${subjects.map((subject) => JSON.stringify(subject)).join(", ")}] }`;

function tlsBlock({ certFile, keyFile, caFile }: TlsFiles): string {
  const ca = caFile === undefined ? "" : `, ca_file: ${JSON.stringify(caFile)}, verify: true`;
  return `tls { cert_file: ${JSON.stringify(certFile)}, key_file: ${JSON.stringify(keyFile)}${ca} }`;
}

/**
 * The configuration file of a `nats-server` for one run: JetStream, one user per client by public key with permissions for
 * its own subjects only, TLS if requested.
 *
 * @returns the text of a file for `nats-server -c`
 * @throws {FedError} `ERR_ARGUMENT` for names that are not tokens, or a host beyond loopback without TLS
 */
export function natsServerConfig(options: NatsServerOptions): string {
  const {
    run,
    coordinator,
    clients,
    host = "127.0.0.1",
    port = 4222,
    websocketPort,
    storeFolder,
    tls,
    ...rest
  } = optionsOf("natsServerConfig", options);
  refuseUnknown("natsServerConfig", rest);
  textOf("natsServerConfig", "coordinator", coordinator);
  having("natsServerConfig", "clients", clients);
  const isLoopback = host === "localhost" || host === "::1" || host.startsWith("127.");
  if (!isLoopback && !tls)
    throw new FedError(
      "ERR_ARGUMENT",
      `fedlt/natsServerConfig: ${host} can be reached from outside, which needs tls`,
      { fields: { host } },
    );
  const users = Object.entries(clients).map(([clientId, publicKey]) => {
    const { publish, subscribe } = clientPermissions(run, clientId);
    return `    { nkey: ${publicKey}, permissions: { publish: ${list(publish)}, subscribe: ${list(subscribe)} } }`;
  });
  const lines = tls ? [tlsBlock(tls)] : [];
  if (websocketPort !== undefined)
    lines.push(
      `websocket { host: ${JSON.stringify(host)}, port: ${websocketPort}, ${tls ? tlsBlock(tls) : "no_tls: true"} }`,
    );
  return [
    `host: ${JSON.stringify(host)}`,
    `port: ${port}`,
    ...lines,
    `jetstream { store_dir: ${JSON.stringify(storeFolder)} }`,
    "authorization {",
    "  users: [",
    `    { nkey: ${coordinator} }`,
    ...users,
    "  ]",
    "}",
    "",
  ].join("\n");
}
