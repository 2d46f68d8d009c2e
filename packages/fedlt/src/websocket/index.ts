export type { ClientEvent } from "../runtime/client-events";
export * from "./client";
export {
  type ServerSocket,
  type SocketServer,
  type WebSocketTransportOptions,
  webSocketTransport,
} from "./server";
