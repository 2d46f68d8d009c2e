import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { webSocketClient, webSocketTransport } from "../../../src/federation/websocket";
import {
  type ClientEvent,
  encodeTask,
  fedAvg,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  packMessage,
  redGrape,
  type Transport,
  type TransportEvent,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

/** For what comes soon, however busy the machine is. */
const PATIENCE = { timeout: 60_000 };

const open: { transport: Transport; server: WebSocketServer }[] = [];

async function serve(
  options: { maxBytes?: number; format?: "npy" | "safetensors"; pingMs?: number } = {},
) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 2 ** 20 });
  await once(server, "listening");
  const authenticate = (clientId: string, token: string) => token === `secret of ${clientId}`;
  const transport = webSocketTransport({ server, authenticate, ...options });
  open.push({ transport, server });
  const events: TransportEvent[] = [];
  transport.onEvent((event) => events.push(event));
  return {
    transport,
    server,
    events,
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

afterEach(async () => {
  for (const { transport, server } of open.splice(0)) {
    await transport.close();
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});

function join(
  url: string,
  clientId: string,
  {
    train = toyTrain,
    token = `secret of ${clientId}`,
    signal,
  }: { train?: LocalTrain; token?: string; signal?: AbortSignal } = {},
) {
  const events: ClientEvent[] = [];
  const run = (async () => {
    for await (const event of webSocketClient({
      url,
      clientId,
      token,
      train,
      WebSocket,
      ...(signal && { signal }),
    }))
      events.push(event);
  })();
  return { events, run };
}

const options = {
  strategy: redGrape({ local: toyLocal, threshold: 4 }),
  rounds: 3,
  seed: 5,
  minClients: 4,
};

describe("webSocketTransport", () => {
  it.each(["safetensors", "npy"] as const)(
    "gives the same bits as in one process, tensors as %s, and ends its clients",
    async (format) => {
      const { transport, url } = await serve({ format });
      const clients = toyClients.map((id) => join(url, id));
      const initial = await toyInitial();
      const { state, counts } = await finishFederation({ ...options, initial, transport });
      const alone = await finishFederation({
        ...options,
        initial,
        transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
      });
      expect(state).toEqual(alone.state);
      expect(counts.accepted).toBe(12);
      expect(counts.bytesUp).toBeGreaterThan(alone.counts.bytesUp);
      await transport.close();
      await Promise.all(clients.map(({ run }) => run));
      for (const { events } of clients) expect(events.at(-1)).toEqual({ type: "finished" });
    },
  );

  it("gives nothing to a client with a wrong token", async () => {
    const { transport, url } = await serve();
    await expect(join(url, "a", { token: "guess" }).run).rejects.toMatchObject({
      code: "ERR_AUTH",
    });
    await expect(join(url, "a", { token: "secret of b" }).run).rejects.toMatchObject({
      code: "ERR_AUTH",
    });
    expect(transport.nodes()).toEqual([]);
  });

  it("refuses another version by name", async () => {
    const { url } = await serve();
    const socket = new WebSocket(url);
    await once(socket, "open");
    socket.send(JSON.stringify({ protocol: 99, clientId: "a", token: "secret of a" }));
    const [code, reason] = await once(socket, "close");
    expect([code, String(reason)]).toEqual([4406, "version 1 is needed"]);
  });

  it("sends an open task again to a client that comes back, which does not train twice", async () => {
    const { transport, url, server } = await serve();
    let trainings = 0;
    let started = () => {};
    const isTraining = new Promise<void>((resolve) => {
      started = resolve;
    });
    const slow: LocalTrain = async (task, o) => {
      trainings++;
      started();
      await new Promise((resolve) => setTimeout(resolve, 400));
      return toyTrain(task, o);
    };
    const client = join(url, "a", { train: slow });
    const run = finishFederation({
      transport,
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 1,
    });
    await isTraining;
    for (const socket of server.clients) socket.terminate();
    const { counts } = await run;
    expect(counts.accepted).toBe(1);
    expect(trainings).toBe(1);
    expect(client.events.map(({ type }) => type)).toContain("disconnected");
  });

  it("counts second answers, late answers and frames that are not messages, and takes none of them", async () => {
    const { transport, url, events } = await serve({ maxBytes: 50_000 });
    const initial = await toyInitial();
    const socket = new WebSocket(url);
    await once(socket, "open");
    const received: Uint8Array[] = [];
    socket.on("message", (data, isBinary) => isBinary && received.push(data as Buffer));
    socket.send(JSON.stringify({ protocol: 1, clientId: "a", token: "secret of a" }));
    const { createResponder, unpackMessage } = await import("../../support/all");
    const run = finishFederation({
      transport,
      strategy: fedAvg({ local: toyLocal }),
      initial,
      rounds: 1,
    });
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const answer = packMessage(
      (await createResponder(toyTrain).respond(unpackMessage(received[0]!)))!,
    );
    socket.send(new Uint8Array(60_000));
    socket.send(Uint8Array.of(1, 2, 3));
    socket.send(answer);
    socket.send(answer);
    const stale = encodeTask({
      round: 7,
      clientId: "a",
      seed: 0,
      params: initial,
      groups: new Map(),
      config: {},
    });
    socket.send(
      packMessage({
        ...stale,
        header: { ...stale.header, type: "update", body: { numSamples: 1, metrics: {} } },
      }),
    );
    const { counts } = await run;
    expect(counts).toMatchObject({ accepted: 1 });
    while (events.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(
      events.map((event) =>
        "reason" in event ? event.reason : "code" in event ? event.code : event.type,
      ),
    ).toEqual(["node-joined", "ERR_TOO_LARGE", "ERR_FORMAT", "duplicate", "late"]);
    socket.terminate();
  });

  it("rejects an update whose blob was damaged in transit", async () => {
    const { transport, url } = await serve();
    const socket = new WebSocket(url);
    await once(socket, "open");
    const { createResponder, unpackMessage } = await import("../../support/all");
    socket.on("message", async (data, isBinary) => {
      if (!isBinary) return;
      const frame = packMessage(
        (await createResponder(toyTrain).respond(unpackMessage(data as Buffer)))!,
      );
      frame[frame.length - 3]! ^= 1;
      socket.send(frame);
    });
    socket.send(JSON.stringify({ protocol: 1, clientId: "a", token: "secret of a" }));
    const { counts } = await finishFederation({
      transport,
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 1,
      onMissedQuorum: "skip",
    });
    expect(counts).toMatchObject({ accepted: 0, rejected: 1, failed: 0 });
    socket.terminate();
  });

  const left = (events: readonly TransportEvent[]) =>
    events.flatMap((event) => (event.type === "node-left" ? [event.clientId] : []));

  it("lets a client leave by its signal", async () => {
    const { transport, url, events } = await serve();
    const leaving = new AbortController();
    const client = join(url, "a", { signal: leaving.signal });
    while (transport.nodes().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    await client.run;
    await vi.waitFor(() => expect(left(events)).toEqual(["a"]), PATIENCE);
  });

  it("notices a client that fell silent", async () => {
    const { url, events } = await serve({ pingMs: 50 });
    const silent = new WebSocket(url, { autoPong: false });
    await once(silent, "open");
    silent.send(JSON.stringify({ protocol: 1, clientId: "b", token: "secret of b" }));
    await once(silent, "close");
    await vi.waitFor(() => expect(left(events)).toEqual(["b"]), PATIENCE);
  });
});
