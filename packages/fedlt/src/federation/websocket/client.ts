import type { OwnBytes } from "@deepgrain/support/files";
import type { Complete } from "../../complete";
import { FedError, optionsOf, refuseUnknown } from "../../errors";
import { createChannel } from "../runtime/channel";
import { type ClientEvent, noCoordinator, pause } from "../runtime/client-events";
import { type ClientRun, startClient } from "../runtime/client-run";
import { newInstance } from "../runtime/instance";
import { PROTOCOL, packMessage, unpackMessage } from "../runtime/messages";
import { createResponder, type Responder } from "../runtime/responder";
import type { LocalTrain } from "../runtime/task";
import { CLOSE_REFUSED, CLOSE_VERSION } from "./greeting";
import { CLOSE_REPLACED } from "./server";

/** The part of a WebSocket (of browsers or of `ws`) that is used here. */
export interface ClientSocket {
  binaryType: string;
  readonly readyState: number;
  send(data: string | OwnBytes): void;
  close(code?: number, reason?: string): void;
  // biome-ignore lint/suspicious/noExplicitAny: browsers and `ws` have their own event types
  addEventListener(type: string, listener: (event: any) => void): void;
}

/** Options of `webSocketClient`. */
export interface WebSocketClientOptions {
  /** `wss://…`; `ws://` only on a loopback address or behind a proxy that adds TLS. */
  readonly url: string;
  readonly clientId: string;
  readonly token: string;
  readonly train: LocalTrain;
  /** Default: the global one; on Node 20, pass the class of `ws`. */
  readonly WebSocket?: new (
    url: string,
  ) => ClientSocket;
  /** Longest pause between two attempts to connect. The first is 100 ms, each one doubles. Default 5000. */
  readonly maxPauseMs?: number | undefined;
  /** Longest time without a connection; pauses count, attempts do not. Default 600,000; Infinity waits without end. */
  readonly waitMs?: number | undefined;
  /** Leaves the federation. */
  readonly signal?: AbortSignal | undefined;
}

interface Ending {
  readonly isFinal: boolean;
  readonly error?: FedError | undefined;
  readonly reason: string;
}

/** How the end of a connection is handled. */
function endingOf(code: number, reason: string, isFinished: boolean): Ending {
  if (isFinished) return { isFinal: true, reason: "finished" };
  if (code === CLOSE_REFUSED)
    return {
      isFinal: true,
      reason,
      error: new FedError(
        "ERR_AUTH",
        `fedlt/webSocketClient: the server refused this client: ${reason}`,
      ),
    };
  if (code === CLOSE_VERSION)
    return {
      isFinal: true,
      reason,
      error: new FedError(
        "ERR_VERSION",
        `fedlt/webSocketClient: this side speaks version ${PROTOCOL}: ${reason}`,
      ),
    };
  if (code === CLOSE_REPLACED)
    return {
      isFinal: true,
      reason,
      error: new FedError(
        "ERR_STATE",
        "fedlt/webSocketClient: another connection of this client took its place",
      ),
    };
  return { isFinal: false, reason: reason || `closed with code ${code}` };
}

/** Runs one connection from hello to close. */
function connectOnce(
  {
    url,
    clientId,
    token,
    signal,
  }: Pick<WebSocketClientOptions, "url" | "clientId" | "token" | "signal">,
  Socket: new (url: string) => ClientSocket,
  { responder, instance }: { responder: Responder; instance: string },
  push: (event: ClientEvent) => void,
): Promise<Ending> {
  return new Promise((resolve) => {
    const socket = new Socket(url);
    socket.binaryType = "arraybuffer";
    let isFinished = false;
    const leave = () => socket.close(1000, "the client leaves");
    signal?.addEventListener("abort", leave);
    socket.addEventListener("open", () =>
      socket.send(JSON.stringify({ protocol: PROTOCOL, clientId, token, instance })),
    );
    socket.addEventListener("error", () => undefined); // a close follows
    socket.addEventListener("close", ({ code, reason }: { code: number; reason: string }) => {
      signal?.removeEventListener("abort", leave);
      resolve(endingOf(code, String(reason), isFinished));
    });
    socket.addEventListener("message", async ({ data }: { data: unknown }) => {
      if (typeof data === "string") {
        if (data.includes('"welcome"')) push({ type: "connected" });
        if (data.includes('"end"')) isFinished = true;
        return;
      }
      try {
        const task = unpackMessage(new Uint8Array(data as ArrayBuffer));
        const { round, kind } = task.header;
        push({ type: "task-start", round, kind });
        const answer = await responder.respond(task);
        if (!answer || socket.readyState !== 1) return; // sent again after the next connection
        const frame = packMessage(answer);
        socket.send(frame as OwnBytes);
        push({ type: "update-sent", round, kind, bytes: frame.length });
      } catch (error) {
        const { code, message } = FedError.isInstance(error)
          ? error
          : new FedError("ERR_FORMAT", String(error));
        push({ type: "message-rejected", code, message });
      }
    });
  });
}

/**
 * Takes part in a federation over WebSocket until the coordinator ends it or the signal is aborted. After a lost
 * connection it reconnects for as long as `waitMs` says; a running task continues in the meantime.
 *
 * @returns a client that has started: await its `done`, or read its events
 * @throws {FedError} `ERR_ARGUMENT` without a WebSocket class; while it runs, `ERR_AUTH` when the token is refused, `ERR_VERSION`, `ERR_STATE`
 *   when another connection took this client's place, `ERR_TRANSPORT` when there was no coordinator for `waitMs`
 */
export function webSocketClient(options: WebSocketClientOptions): ClientRun {
  const {
    url,
    clientId,
    token,
    train,
    WebSocket: Socket = globalThis.WebSocket as unknown as WebSocketClientOptions["WebSocket"],
    maxPauseMs = 5000,
    waitMs = 600_000,
    signal,
    ...rest
  } = optionsOf("webSocketClient", options);
  refuseUnknown("webSocketClient", rest);
  if (!Socket)
    throw new FedError(
      "ERR_ARGUMENT",
      "fedlt/webSocketClient: there is no global WebSocket; pass the class of `ws` as WebSocket",
    );
  const settings = { url, clientId, token, train, Socket, maxPauseMs, waitMs };
  return startClient((stop) => takePart(settings, stop), signal);
}

/** A client's settings with every default filled in. */
interface ClientSettings
  extends Complete<
    Pick<WebSocketClientOptions, "url" | "clientId" | "token" | "train" | "maxPauseMs" | "waitMs">
  > {
  readonly Socket: new (url: string) => ClientSocket;
}

/** The events of a client until the run is over or the signal is aborted. */
async function* takePart(
  { url, clientId, token, train, Socket, maxPauseMs, waitMs }: ClientSettings,
  signal: AbortSignal,
): AsyncGenerator<ClientEvent, void> {
  const responder = createResponder(train);
  const channel = createChannel<ClientEvent>();
  const instance = newInstance();
  let [pauseMs, waitedMs] = [100, 0];
  try {
    while (!signal.aborted) {
      let ending: Ending | undefined;
      const connection = connectOnce(
        { url, clientId, token, signal },
        Socket,
        { responder, instance },
        channel.push,
      ).then((end) => {
        ending = end;
      });
      while (!ending) {
        await Promise.race([connection, channel.next()]);
        for (const event of channel.drain()) {
          if (event.type === "connected") [pauseMs, waitedMs] = [100, 0];
          yield event;
        }
      }
      if (ending.error) throw ending.error;
      if (ending.isFinal) {
        yield { type: "finished" };
        return;
      }
      yield { type: "disconnected", reason: ending.reason };
      if (waitedMs >= waitMs) throw noCoordinator("webSocketClient", waitMs);
      if (!signal.aborted) await pause(pauseMs, signal);
      waitedMs += pauseMs;
      pauseMs = Math.min(2 * pauseMs, maxPauseMs);
    }
  } finally {
    responder.stop();
  }
}
