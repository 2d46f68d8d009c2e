/** @file The greeting of a connection: until it has proved who it is, a peer may send little, wait briefly and have few beside it. */
import { FedError } from "../../errors";
import { PROTOCOL } from "../runtime/messages";

/** Bytes of a greeting. */
const GREETING_BYTES = 4096;
/** Time for a greeting and its check. */
const GREETING_MS = 10_000;
/** Connections at a time that have not been identified. */
const MOST_STRANGERS = 64;
/** Bytes that the network may deliver at once: what is read before a flood is noticed. */
const SLACK_BYTES = 2 ** 16;

/** Close codes of this protocol. */
export const CLOSE_REFUSED = 4401;
export const CLOSE_VERSION = 4406;
const CLOSE_BUSY = 1013;

/** The connection below a WebSocket, as Node's HTTP server has it: its bytes are counted before a frame is complete. */
export interface RawSocket {
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  destroy(): unknown;
}

/** The part of a `ws` connection that is used here. */
export interface ServerSocket {
  readonly readyState: number;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "close" | "pong", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  send(data: string | Uint8Array): void;
  ping(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

/** Who a client says it is. */
export interface Greeting {
  readonly clientId: string;
  readonly token: string;
  /** Differs between processes, so that two under one name are found out. */
  readonly instance: string | undefined;
}

/** The bytes of a frame. @throws {FedError} `ERR_FORMAT` */
export function toBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new FedError("ERR_FORMAT", "fedlt/webSocketTransport: a frame must be binary");
}

/** Reads the first message of a connection. @throws {FedError} `ERR_TOO_LARGE`, `ERR_VERSION`, `ERR_FORMAT` */
function readGreeting(data: unknown): Greeting {
  const bytes = toBytes(data);
  if (bytes.length > GREETING_BYTES)
    throw new FedError(
      "ERR_TOO_LARGE",
      `fedlt/webSocketTransport: a greeting must have at most ${GREETING_BYTES} bytes, got ${bytes.length}`,
    );
  const hello = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown> | null;
  const { protocol, clientId, token, instance } = hello ?? {};
  if (protocol !== PROTOCOL)
    throw new FedError(
      "ERR_VERSION",
      `fedlt/webSocketTransport: this side speaks version ${PROTOCOL}, the client ${String(protocol)}`,
    );
  if (typeof clientId !== "string" || clientId === "" || typeof token !== "string")
    throw new FedError(
      "ERR_FORMAT",
      "fedlt/webSocketTransport: a hello must have clientId and token",
    );
  return { clientId, token, instance: typeof instance === "string" ? instance : undefined };
}

/** Ends a connection that sends more than a greeting before it is identified. @returns a function that stops counting */
function limitBytes(raw: RawSocket | undefined): () => void {
  let bytes = 0;
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > GREETING_BYTES + SLACK_BYTES) raw?.destroy();
  };
  raw?.on("data", count);
  return () => raw?.off("data", count);
}

/** Tells a connection that was refused why. */
function refuse(socket: ServerSocket, error: unknown): void {
  if (FedError.isInstance(error) && error.code === "ERR_TOO_LARGE") socket.terminate();
  else if (FedError.isInstance(error) && error.code === "ERR_VERSION")
    socket.close(CLOSE_VERSION, `version ${PROTOCOL} is needed`);
  else socket.close(CLOSE_REFUSED, "malformed hello");
}

/**
 * Handles new connections: each must identify itself by a first message of at most 4 KiB within 10 s, and at most 64 may be
 * about to do so. Nothing of what it sends is decoded before its size is known.
 */
export function greeter(
  authenticate: (clientId: string, token: string) => boolean | Promise<boolean>,
  join: (greeting: Greeting, socket: ServerSocket) => void,
): (socket: ServerSocket, request?: { readonly socket: RawSocket }) => void {
  const strangers = new Set<ServerSocket>();
  const greet = async (socket: ServerSocket, data: unknown, settle: () => void) => {
    try {
      const greeting = readGreeting(data);
      const isKnown = await authenticate(greeting.clientId, greeting.token);
      if (!strangers.has(socket)) return; // it took too long, or has left
      settle();
      if (isKnown) join(greeting, socket);
      else socket.close(CLOSE_REFUSED, "the token does not belong to this client");
    } catch (error) {
      refuse(socket, error);
    }
  };
  return (socket, request) => {
    socket.on("error", () => socket.terminate());
    if (strangers.size >= MOST_STRANGERS) {
      socket.close(CLOSE_BUSY, "too many connections wait to be identified; try again");
      return;
    }
    strangers.add(socket);
    const stopCounting = limitBytes(request?.socket);
    const timer = setTimeout(() => socket.terminate(), GREETING_MS);
    const settle = () => {
      clearTimeout(timer);
      stopCounting();
      strangers.delete(socket);
    };
    socket.on("close", settle);
    let isGreeted = false;
    socket.on("message", (data) => {
      if (isGreeted) return;
      isGreeted = true;
      void greet(socket, data, settle);
    });
  };
}
