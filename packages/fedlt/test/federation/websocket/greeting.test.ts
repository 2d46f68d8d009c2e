import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { webSocketTransport } from "../../../src/federation/websocket";
import type { ServerSocket } from "../../../src/federation/websocket/greeting";

/** A connection as the transport sees it, which notes what is done to it. */
class FakeSocket extends EventEmitter {
  readyState = 1;
  readonly sent: unknown[] = [];
  ending: string | number | undefined;
  send(data: unknown) {
    this.sent.push(data);
  }
  ping() {}
  close(code: number) {
    this.ending = code;
    this.emit("close");
  }
  terminate() {
    this.ending = "terminated";
    this.emit("close");
  }
}

const greeting = (clientId: string, extra: object = {}) =>
  Buffer.from(JSON.stringify({ protocol: 1, clientId, token: "right", ...extra }));

function serve() {
  const server = new EventEmitter();
  const asked: string[] = [];
  const transport = webSocketTransport({
    server,
    authenticate: (clientId, token) => {
      asked.push(clientId);
      return token === "right";
    },
  });
  const warnings: unknown[] = [];
  transport.onEvent((event) => event.type === "warning" && warnings.push(event));
  const connection = () => {
    const socket = new FakeSocket();
    const raw = Object.assign(new EventEmitter(), { destroy: vi.fn() });
    server.emit("connection", socket as unknown as ServerSocket, { socket: raw });
    return { socket, raw };
  };
  return { transport, connection, asked, warnings };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("a WebSocket greeting", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("of more than 4 KiB is not decoded, and its connection ends", async () => {
    const { connection, asked, transport } = serve();
    const { socket } = connection();
    socket.emit("message", greeting("a", { padding: "x".repeat(4096) }));
    await settled();
    expect([socket.ending, asked, transport.nodes()]).toEqual(["terminated", [], []]);
  });

  it.each(["null", "[]", "1", "{", '{"protocol":1,"clientId":"","token":"right"}'])(
    "of %s is refused",
    async (text) => {
      const { connection, asked } = serve();
      const { socket } = connection();
      socket.emit("message", Buffer.from(text));
      await settled();
      expect([typeof socket.ending, asked]).toEqual(["number", []]);
    },
  );

  it("that does not come within 10 s ends the connection; one that came does not", async () => {
    const { connection } = serve();
    const [silent, known] = [connection().socket, connection().socket];
    known.emit("message", greeting("a"));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(silent.ending).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect([silent.ending, known.ending]).toEqual(["terminated", undefined]);
  });

  it("is awaited from at most 64 strangers; those who are known do not count", async () => {
    const { connection } = serve();
    const known = connection().socket;
    known.emit("message", greeting("a"));
    await settled();
    const strangers = Array.from({ length: 64 }, connection);
    expect(strangers.every(({ socket }) => socket.ending === undefined)).toBe(true);
    expect(connection().socket.ending).toBe(1013);
    strangers[0]!.socket.emit("close");
    expect(connection().socket.ending).toBe(undefined);
  });

  it("reports another process under a name in use, and no client that comes back", async () => {
    const { connection, warnings } = serve();
    for (const instance of ["1", "1", "2"]) {
      connection().socket.emit("message", greeting("a", { instance }));
      await settled();
    }
    expect(warnings).toEqual([expect.objectContaining({ reason: "name-in-use", clientId: "a" })]);
  });

  it("ends once 68 KiB have come without a complete frame", () => {
    const { raw } = serve().connection();
    const chunk = new Uint8Array(2 ** 14);
    for (let i = 0; i < 4; i++) raw.emit("data", chunk);
    expect(raw.destroy).not.toHaveBeenCalled();
    raw.emit("data", chunk);
    expect(raw.destroy).toHaveBeenCalled();
  });
});

describe("a real connection", () => {
  it("that sends 64 MiB as its greeting is read up to a few hundred KiB", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 2 ** 28 });
    await once(server, "listening");
    const transport = webSocketTransport({ server, authenticate: () => true });
    const { port } = server.address() as AddressInfo;
    const connected = once(server, "connection");
    const peer = connect(port, "127.0.0.1");
    peer.on("error", () => undefined);
    peer.write(
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
    );
    const [, request] = await connected;
    const header = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]);
    peer.write(header);
    for (let i = 0; i < 64; i++) peer.write(Buffer.alloc(2 ** 20));
    await new Promise<void>((resolve) => peer.on("close", () => resolve()));
    expect(request.socket.bytesRead).toBeLessThan(2 ** 19);
    await transport.close();
    server.close();
  });

  it("waits and comes in where too many strangers were there before", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const transport = webSocketTransport({ server, authenticate: () => true });
    const { port } = server.address() as AddressInfo;
    const url = `ws://127.0.0.1:${port}`;
    const strangers = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const socket = new WebSocket(url);
        await once(socket, "open");
        return socket;
      }),
    );
    const { webSocketClient } = await import("../../../src/federation/websocket");
    const leaving = new AbortController();
    const types: string[] = [];
    const client = (async () => {
      for await (const { type } of webSocketClient({
        url,
        clientId: "a",
        token: "",
        WebSocket,
        train: () => Promise.reject(new Error("not asked")),
        signal: leaving.signal,
      })) {
        types.push(type);
        if (type === "disconnected") for (const socket of strangers) socket.terminate();
        if (type === "connected") leaving.abort();
      }
    })();
    await client;
    expect(types.slice(0, 2)).toEqual(["disconnected", "connected"]);
    await transport.close();
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
});
