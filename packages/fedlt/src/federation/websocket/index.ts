/**
 * Federations over WebSockets: the server's transport and the client.
 *
 * @packageDocumentation
 */
export { webSocketClient } from "./client";
export { webSocketTransport } from "./server";
