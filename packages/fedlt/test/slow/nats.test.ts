import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { natsIsMissing } from "@deepgrain/vitest/servers";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  connectionOptions,
  createCredentials,
  natsClient,
  natsServerConfig,
  natsTransport,
} from "../../src/federation/nats";
import {
  type ClientEvent,
  decodeUpdate,
  ditto,
  fedAvg,
  fedDyn,
  finishFederation,
  flatten,
  inProcessTransport,
  type LocalTrain,
  memoryPersonalModels,
  moon,
  packMessage,
  redGrape,
  type TransportEvent,
  unpackMessage,
} from "../support/all";
import { type Broker, startBroker } from "../support/nats-server";
import { toyClients, toyInitial, toyLocal, toyTrain, toyTrainer } from "../support/toy";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const options = {
  strategy: redGrape({ local: toyLocal, threshold: 4 }),
  rounds: 3,
  seed: 5,
  minClients: 4,
};

/** For what comes soon, however busy the machine is. */
const PATIENCE = { timeout: 60_000 };
/** So far apart that nothing is sent again, and nobody counts as gone, because the machine is busy. */
const heartbeatMs = 10_000;

describe.skipIf(natsIsMissing)("natsTransport", () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker("toy", toyClients);
  });
  afterAll(() => broker.stop());

  async function join(
    clientId: string,
    {
      train = toyTrain,
      inlineBytes = 2 ** 18,
      beatMs = heartbeatMs,
    }: { train?: LocalTrain; inlineBytes?: number; beatMs?: number } = {},
  ) {
    const connection = await broker.connect(clientId);
    const events: ClientEvent[] = [];
    const run = (async () => {
      for await (const event of natsClient({
        connection,
        run: "toy",
        clientId,
        train,
        heartbeatMs: beatMs,
        inlineBytes,
      }))
        events.push(event);
      await connection.close();
    })();
    return { connection, events, run };
  }

  it.each([
    ["inline", 2 ** 18],
    ["through the object store", 0],
  ] as const)("gives the same bits as in one process, tensors %s", async (_name, inlineBytes) => {
    const clients = await Promise.all(toyClients.map((id) => join(id, { inlineBytes })));
    const connection = await broker.connect("coordinator");
    const transport = await natsTransport({
      connection,
      run: "toy",
      heartbeatMs,
      inlineBytes,
    });
    const initial = await toyInitial();
    const { state, counts } = await finishFederation({ ...options, initial, transport });
    const alone = await finishFederation({
      ...options,
      initial,
      transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
    });
    expect(state).toEqual(alone.state);
    expect(counts).toMatchObject({ accepted: 12, rejected: 0, failed: 0, duplicates: 0 });
    await transport.close();
    await Promise.all(clients.map(({ run }) => run));
    await connection.close();
    for (const { events } of clients) expect(events.at(-1)).toEqual({ type: "finished" });
  });

  it.each([
    fedDyn({ local: toyLocal, alpha: 0.1 }),
    moon({ local: toyLocal }),
    ditto({ local: toyLocal }),
  ])("gives the same bits as in one process under $name", async (strategy) => {
    const places = toyClients.map(() => memoryPersonalModels());
    const clients = await Promise.all(
      toyClients.map((id, k) => join(id, { train: toyTrainer(places[k]) })),
    );
    const connection = await broker.connect("coordinator");
    const transport = await natsTransport({ connection, run: "toy", heartbeatMs });
    const initial = await toyInitial();
    const { state } = await finishFederation({ ...options, strategy, initial, transport });
    const own = memoryPersonalModels();
    const alone = await finishFederation({
      ...options,
      strategy,
      initial,
      transport: inProcessTransport({ clients: toyClients, train: toyTrainer(own) }),
    });
    expect(state).toEqual(alone.state);
    for (const [k, id] of toyClients.entries())
      expect(await places[k]!.load(id)).toEqual(await own.load(id));
    await transport.close();
    await Promise.all(clients.map(({ run }) => run));
    await connection.close();
  });

  it("gives nothing to wrong credentials, and to a client only its own subjects", async () => {
    const stranger = connect({
      servers: `127.0.0.1:${broker.port}`,
      ...connectionOptions(createCredentials().seed, { clientId: "a" }),
      maxReconnectAttempts: 0,
    });
    await expect(stranger).rejects.toThrow(/[Aa]uthorization/);
    const connection = await broker.connect("a");
    const refused: string[] = [];
    void (async () => {
      for await (const status of connection.status())
        if (status.type === "error") refused.push(status.error.message);
    })();
    connection.subscribe("fed.toy.task.b", { callback: () => undefined });
    connection.subscribe("fed.toy.update.*", { callback: () => undefined });
    connection.publish("fed.toy.update.b", "x");
    connection.publish("fed.toy.hello.b", "x");
    connection.publish("fed.toy.control", "x");
    connection.publish("$O.fed_toy_up_b.C.x", "x");
    connection.publish("$JS.API.STREAM.DELETE.FED_toy", "");
    connection.publish("$JS.API.CONSUMER.CREATE.FED_toy", "{}");
    await connection.flush();
    await vi.waitFor(() => expect(refused).toHaveLength(8), PATIENCE);
    expect(refused.every((text) => text.startsWith("Permissions Violation"))).toBe(true);
    await connection.close();
  });

  it("rejects an update that is too large before it is fetched, and one with damaged bytes", async () => {
    const clients = await Promise.all([join("a", { inlineBytes: 0 }), join("b")]);
    const connection = await broker.connect("coordinator");
    const transport = await natsTransport({
      connection,
      run: "toy",
      heartbeatMs,
      maxBytes: 600,
    });
    const codes: string[] = [];
    const run = finishFederation(
      {
        transport,
        strategy: redGrape({ local: toyLocal }),
        initial: await toyInitial(),
        rounds: 1,
        minClients: 2,
        onMissedQuorum: "skip",
      },
      { onEvent: (event) => event.type === "update-rejected" && codes.push(event.code) },
    );
    expect((await run).counts).toMatchObject({ accepted: 0, rejected: 2 });
    expect(codes).toEqual(["ERR_TOO_LARGE", "ERR_TOO_LARGE"]);
    await transport.close();
    await Promise.all(clients.map(({ run: ended }) => ended));
    await connection.close();
  });

  it("counts an answer that was published twice once, and a stale one never", async () => {
    const connection = await broker.connect("coordinator");
    const transport = await natsTransport({ connection, run: "toy", heartbeatMs });
    const events: TransportEvent[] = [];
    transport.onEvent((event) => events.push(event));
    const client = await join("a");
    const stale = await broker.connect("a");
    const { counts } = await finishFederation({
      transport,
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 2,
    });
    expect(counts.accepted).toBe(2);
    const manager = await jetstream(connection).jetstreamManager();
    const { data } = (await manager.streams.getMessage("FED_toy", {
      last_by_subj: "fed.toy.update.a",
    }))!;
    const { header, blob } = unpackMessage(data);
    const again = [
      data,
      packMessage({ header: { ...header, round: 0, task: "old" }, blob }),
      "no message",
    ];
    for (const text of again) await jetstream(stale).publish("fed.toy.update.a", text);
    await vi.waitFor(
      () =>
        expect(events.map((event) => ("reason" in event ? event.reason : event.type))).toEqual([
          "node-joined",
          "duplicate",
          "late",
          "message-rejected",
        ]),
      PATIENCE,
    );
    await transport.close();
    await client.run;
    await stale.close();
    await connection.close();
  });

  it("goes on after the broker was away, and calls nobody twice", async () => {
    const clients = await Promise.all(
      toyClients.map((id) =>
        join(id, {
          beatMs: 100,
          train: async (task, o) => {
            await new Promise((resolve) => setTimeout(resolve, 100));
            return toyTrain(task, o);
          },
        }),
      ),
    );
    const connection = await broker.connect("coordinator");
    const transport = await natsTransport({ connection, run: "toy", heartbeatMs: 100 });
    const initial = await toyInitial();
    const rounds = 6;
    const run = finishFederation({ ...options, rounds, initial, transport });
    await new Promise((resolve) => setTimeout(resolve, 350));
    await broker.kill();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await broker.start();
    const { state, counts } = await run;
    const alone = await finishFederation({
      ...options,
      rounds,
      initial,
      transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
    });
    expect(state).toEqual(alone.state);
    expect(counts.accepted).toBe(4 * rounds);
    expect(clients[0]!.events.map(({ type }) => type)).toContain("disconnected");
    await transport.close();
    await Promise.all(clients.map(({ run: ended }) => ended));
    await connection.close();
  });

  it("stores masked tensors alone under secure aggregation", async () => {
    const { secureAggregation, secureClient } = await import("../../src/federation/secure");
    const clients = await Promise.all(
      toyClients.map((id) => join(id, { train: secureClient(toyTrain) })),
    );
    const connection = await broker.connect("coordinator");
    const transport = await natsTransport({ connection, run: "toy", heartbeatMs });
    const initial = await toyInitial();
    const run = finishFederation({
      ...options,
      rounds: 1,
      initial,
      transport,
      collector: secureAggregation({ maxSamples: 64 }),
    });
    const { state } = await run;
    const manager = await jetstream(connection).jetstreamManager();
    const { state: stored } = await manager.streams.info("FED_toy");
    const kinds: string[] = [];
    for (let seq = stored.first_seq; seq <= stored.last_seq; seq++) {
      const message = await manager.streams.getMessage("FED_toy", { seq }).catch(() => null);
      if (!message?.data.length) continue;
      let unpacked: ReturnType<typeof unpackMessage>;
      try {
        unpacked = unpackMessage(message.data);
      } catch {
        continue; // of an earlier test
      }
      if (!unpacked.header.kind.startsWith("secure-")) continue;
      kinds.push(unpacked.header.kind);
      const { params, groups, blobs } = decodeUpdate(unpacked);
      expect([params.size, groups?.size]).toEqual([0, 0]);
      if (unpacked.header.kind === "secure-fit") {
        const numbers = new Uint32Array(blobs!.get("masked")!.buffer);
        expect(numbers.filter((n) => n <= 2 ** 22).length).toBeLessThan(numbers.length / 50);
      }
    }
    expect(kinds.sort()).toEqual(
      ["secure-fit", "secure-keys", "secure-shares", "secure-unmask"]
        .flatMap((kind) => Array(4).fill(kind))
        .sort(),
    );
    const alone = await finishFederation({
      ...options,
      rounds: 1,
      initial,
      transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
    });
    expect(flatten(state.params)).toBeAllclose(flatten(alone.state.params), {
      rtol: 0,
      atol: 1e-4,
    });
    await transport.close();
    await Promise.all(clients.map(({ run: ended }) => ended));
    await connection.close();
  });
});

describe("natsServerConfig", () => {
  const names = { run: "x", coordinator: "UCOORD", clients: { a: "UA" }, storeFolder: "/tmp/x" };

  it("refuses a host that others can reach without TLS, and names that would change a subject", () => {
    expect(() => natsServerConfig({ ...names, host: "0.0.0.0" })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
    for (const wrong of [{ run: "a.b" }, { clients: { "a.>": "UA" } }])
      expect(() => natsServerConfig({ ...names, ...wrong })).toThrow(
        expect.objectContaining({ code: "ERR_ARGUMENT" }),
      );
    expect(
      natsServerConfig({
        ...names,
        host: "0.0.0.0",
        tls: { certFile: "c", keyFile: "k", caFile: "ca" },
      }),
    ).toContain("verify: true");
  });
});

describe.skipIf(natsIsMissing || !hasOpenssl)("a broker with TLS", () => {
  it("serves clients that know its certificate, and no others", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "deepgrain-tls-"));
    const [certFile, keyFile] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout",
        keyFile,
        "-out",
        certFile,
      ],
      { stdio: "ignore" },
    );
    const secured = await startBroker("toy", ["a"], { tls: { certFile, keyFile } });
    const as = (who: string, tls: object) =>
      connect({
        servers: `localhost:${secured.port}`,
        tls,
        ...connectionOptions(secured.seeds[who]!, who === "coordinator" ? {} : { clientId: who }),
        maxReconnectAttempts: 0,
      });
    await expect(as("a", {})).rejects.toThrow();
    const [client, coordinator] = [
      await as("a", { caFile: certFile }),
      await as("coordinator", { caFile: certFile }),
    ];
    const run = (async () => {
      for await (const _ of natsClient({
        connection: client,
        run: "toy",
        clientId: "a",
        train: toyTrain,
      }));
    })();
    const transport = await natsTransport({ connection: coordinator, run: "toy" });
    const { counts } = await finishFederation({
      transport,
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 1,
    });
    expect(counts.accepted).toBe(1);
    await transport.close();
    await run;
    await Promise.all([client.close(), coordinator.close()]);
    await secured.stop();
    rmSync(folder, { recursive: true });
  });
});
