import { type ConnectionOptions, nkeyAuthenticator, nkeys } from "@nats-io/nats-core";
import { checkToken } from "./subjects";

/** A key pair of NATS (Ed25519): the broker knows the public key, only the owner has the seed. */
export interface Credentials {
  /** Starts with U. */
  readonly publicKey: string;
  /** Starts with SU; keep it secret. */
  readonly seed: string;
}

/** New credentials for one client or the coordinator. */
export function createCredentials(): Credentials {
  const pair = nkeys.createUser();
  return {
    publicKey: pair.getPublicKey(),
    seed: new TextDecoder().decode(pair.getSeed()),
  };
}

/**
 * Settings of a connection that survives a broker's restart, to be passed to `connect` or `wsconnect` together with `servers`
 * (and `tls`). A client gets an inbox of its own, which its permissions name.
 *
 * @param seed from `createCredentials`
 * @param options.clientId left out for the coordinator
 * @throws {FedError} `ERR_ARGUMENT` for an id that is not a token of a subject
 */
export function connectionOptions(
  seed: string,
  { clientId }: { clientId?: string } = {},
): ConnectionOptions {
  if (clientId !== undefined) checkToken("clientId", clientId);
  return {
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    timeout: 60_000, // a busy machine may take long to answer the first time
    pingInterval: 5000,
    maxPingOut: 2,
    ...(clientId !== undefined && { inboxPrefix: `_INBOX_${clientId}` }),
  };
}
