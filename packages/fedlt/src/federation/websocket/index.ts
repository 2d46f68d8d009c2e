export { type ClientSocket, webSocketClient } from "./client";
export { webSocketTransport } from "./server";
