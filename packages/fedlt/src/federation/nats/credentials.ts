import { type ConnectionOptions, nkeyAuthenticator, nkeys } from "@nats-io/nats-core";
import { optionsOf, refuseUnknown, textOf } from "../../errors";
import { checkToken } from "./subjects";

/** A NATS key pair (Ed25519): the broker knows the public key, only the owner has the seed. */
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
 * Settings of a connection that survives a restart of the broker, for `connect` or `wsconnect` together with `servers`
 * (and `tls`). A client gets its own inbox, which its permissions allow.
 *
 * @param seed from `createCredentials`
 * @param options.clientId omitted for the coordinator
 * @throws {FedError} `ERR_ARGUMENT` for an id that is not a token of a subject
 */
export function connectionOptions(
  seed: string,
  options: { clientId?: string } = {},
): ConnectionOptions {
  const { clientId, ...rest } = optionsOf("connectionOptions", options);
  refuseUnknown("connectionOptions", rest);
  textOf("connectionOptions", "seed", seed);
  if (clientId !== undefined) checkToken("clientId", clientId);
  return {
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    timeout: 60_000, // the first answer of a busy machine may take long
    pingInterval: 5000,
    maxPingOut: 2,
    inboxPrefix: clientId === undefined ? "_INBOX" : `_INBOX_${clientId}`,
  };
}
