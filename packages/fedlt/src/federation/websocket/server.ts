import { FedError, functionOf, having, optionsOf, refuseUnknown, whole } from "../../errors";
import {
  type BlobFormat,
  decodeUpdate,
  encodeTask,
  PROTOCOL,
  packMessage,
  unpackMessage,
} from "../runtime/messages";
import { createPendingReplies } from "../runtime/pending-replies";
import { createListeners, type Transport, type TransportEvent } from "../runtime/transport";
import { nameInUse } from "../runtime/warning";
import { type Greeting, greeter, type RawSocket, type ServerSocket, toBytes } from "./greeting";

/** Takes a connection and the HTTP request that it began with. */
type ConnectionListener = (socket: ServerSocket, request: { readonly socket: RawSocket }) => void;

/** The part of a `WebSocketServer` of `ws` that is used here. */
interface SocketServer {
  on(event: "connection", listener: ConnectionListener): unknown;
  off(event: "connection", listener: ConnectionListener): unknown;
}

/** Options of `webSocketTransport`. */
export interface WebSocketTransportOptions {
  /**
   * A `WebSocketServer` of `ws`. Give it a `maxPayload` of the largest update that you expect, so that larger frames are
   * rejected while they arrive; for TLS, pass it the `server` of `node:https`.
   */
  readonly server: SocketServer;
  /** Authenticates clients. @returns whether the token belongs to the client */
  readonly authenticate: (clientId: string, token: string) => boolean | Promise<boolean>;
  /** Largest update in bytes. Default 2^28. */
  readonly maxBytes?: number | undefined;
  /** Format of the tensors. Default `"safetensors"`. */
  readonly format?: BlobFormat | undefined;
  /** Time between pings; a client that has not answered before the next ping counts as disconnected. Default 15,000. */
  readonly pingMs?: number | undefined;
}

/** An identified client. */
interface Member {
  readonly socket: ServerSocket;
  /** Identifies its process. */
  readonly instance: string | undefined;
  isAlive: boolean;
}

/** Close codes of this protocol, beside those of the greeting. */
const CLOSE_FINISHED = 1000;
export const CLOSE_REPLACED = 4409;

/** Closes connections that did not answer the last ping, and pings the others. */
function pingAll(members: Iterable<Member>): void {
  for (const member of members) {
    if (!member.isAlive) member.socket.terminate();
    else {
      member.isAlive = false;
      member.socket.ping();
    }
  }
}

/** The checks and the receiver of answers. */
interface Desk {
  readonly maxBytes: number;
  /** Open task per client. */
  readonly tasks: Map<string, Uint8Array>;
  readonly pending: ReturnType<typeof createPendingReplies>;
  readonly events: ReturnType<typeof createListeners<TransportEvent>>;
}

/** Handles a frame from a client: an expected answer, a surplus one, or an invalid message. */
function receive(
  { maxBytes, tasks, pending, events }: Desk,
  clientId: string,
  data: unknown,
): void {
  try {
    const frame = toBytes(data);
    if (frame.length > maxBytes)
      throw new FedError(
        "ERR_TOO_LARGE",
        `fedlt/webSocketTransport: an update must have at most ${maxBytes} bytes, got ${frame.length}`,
      );
    const message = unpackMessage(frame);
    const { round, kind } = message.header;
    const bytesDown = tasks.get(clientId)?.length ?? 0;
    // The sender is determined by the connection, not by the header.
    const outcome = pending.settle({ clientId, round, kind }, () => {
      tasks.delete(clientId);
      return { update: decodeUpdate(message), bytesUp: frame.length, bytesDown };
    });
    if (outcome !== "taken")
      events.emit({ type: "reply-ignored", clientId, round, reason: outcome });
  } catch (error) {
    const { code, message } = FedError.isInstance(error)
      ? error
      : new FedError("ERR_FORMAT", String(error));
    events.emit({ type: "message-rejected", clientId, code, message });
  }
}

/**
 * Serves clients that connect by WebSocket, browsers and Node alike; no broker is needed. A client that reconnects gets
 * its open task again; a second connection of one client replaces the first, with a `warning` if it is another process.
 *
 * A connection that has not proved who it is may send 4 KiB and stay for 10 s, and at most 64 of them are kept at a time.
 *
 * @throws {FedError} `ERR_RANGE`
 */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  const {
    server,
    authenticate,
    maxBytes = 2 ** 28,
    format = "safetensors",
    pingMs = 15_000,
    ...rest
  } = optionsOf("webSocketTransport", options);
  refuseUnknown("webSocketTransport", rest);
  having("webSocketTransport", "server", server, "on");
  functionOf("webSocketTransport", "authenticate", authenticate);
  whole("webSocketTransport", "maxBytes", maxBytes, { min: 1 });
  whole("webSocketTransport", "pingMs", pingMs, { min: 1 });
  const members = new Map<string, Member>();
  const tasks = new Map<string, Uint8Array>(); // open task per client, to be resent
  const pending = createPendingReplies();
  const events = createListeners<TransportEvent>();
  const desk = { maxBytes, tasks, pending, events };

  function join({ clientId, instance }: Greeting, socket: ServerSocket): void {
    const before = members.get(clientId);
    if (before && before.instance !== instance)
      events.emit(nameInUse("webSocketTransport", clientId));
    before?.socket.close(CLOSE_REPLACED, "the client connected again");
    const member: Member = { socket, instance, isAlive: true };
    members.set(clientId, member);
    socket.on("pong", () => {
      member.isAlive = true;
    });
    socket.on("message", (data) => {
      if (members.get(clientId) === member) receive(desk, clientId, data);
    });
    socket.on("close", () => {
      if (members.get(clientId) !== member) return;
      members.delete(clientId);
      events.emit({ type: "node-left", clientId });
    });
    socket.send(JSON.stringify({ type: "welcome", protocol: PROTOCOL }));
    events.emit({ type: "node-joined", clientId });
    const open = tasks.get(clientId);
    if (open) socket.send(open);
  }

  const connect = greeter(authenticate, join);
  server.on("connection", connect);

  const pings = setInterval(() => pingAll(members.values()), pingMs);

  return {
    nodes: () => [...members.keys()].sort().map((id) => ({ id })),
    send: async (clientId, task, { signal } = {}) => {
      const frame = packMessage(encodeTask(task, { format }));
      const { round, kind = "fit" } = task;
      const answer = pending.wait({ clientId, round, kind }, signal);
      tasks.set(clientId, frame);
      members.get(clientId)?.socket.send(frame);
      try {
        return await answer;
      } finally {
        if (tasks.get(clientId) === frame) tasks.delete(clientId);
      }
    },
    onEvent: events.add,
    close: async () => {
      clearInterval(pings);
      server.off("connection", connect);
      pending.failAll(
        new FedError("ERR_TRANSPORT", "fedlt/webSocketTransport: the transport was closed"),
      );
      for (const { socket } of members.values()) {
        socket.send(JSON.stringify({ type: "end" }));
        socket.close(CLOSE_FINISHED, "the run is over");
      }
    },
  };
}
