export type { ClientEvent } from "../runtime/client-events";
export * from "./credentials";
export { type NatsClientOptions, natsClient } from "./nats-client";
export { type NatsTransportOptions, natsTransport } from "./nats-transport";
export * from "./server-config";
