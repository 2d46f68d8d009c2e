export { type Credentials, connectionOptions, createCredentials } from "./credentials";
export { natsClient } from "./nats-client";
export { natsTransport } from "./nats-transport";
export { type NatsServerOptions, natsServerConfig } from "./server-config";
