/**
 * Federations over a NATS server: transport, client and credentials.
 *
 * @packageDocumentation
 */
export { connectionOptions, createCredentials } from "./credentials";
export { natsClient } from "./nats-client";
export { natsTransport } from "./nats-transport";
export { natsServerConfig } from "./server-config";
