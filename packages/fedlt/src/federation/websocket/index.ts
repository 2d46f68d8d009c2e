export { webSocketClient } from "./client";
export { webSocketTransport } from "./server";
