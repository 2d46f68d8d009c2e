export type { ClientEvent } from "../runtime/client-events";
export * from "./client";
export type { ServerSocket } from "./greeting";
export {
  type SocketServer,
  type WebSocketTransportOptions,
  webSocketTransport,
} from "./server";
