import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClientEvent, finishFederation, inProcessTransport, type LocalTrain, redGrape, type TransportEvent } from "../../src";
import { natsClient, natsTransport } from "../../src/nats";
import { type Broker, natsIsMissing, startBroker } from "../support/nats-server";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../support/toy";

const options = { strategy: redGrape({ local: toyLocal, threshold: 4 }), rounds: 3, seed: 5, minClients: 4 };

describe.skipIf(natsIsMissing)("natsTransport", () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker("toy", toyClients);
  });
  afterAll(() => broker.stop());

  async function join(clientId: string, { train = toyTrain, inlineBytes = 2 ** 18 }: { train?: LocalTrain; inlineBytes?: number } = {}) {
    const connection = await broker.connect(clientId);
    const events: ClientEvent[] = [];
    const run = (async () => {
      for await (const event of natsClient({ connection, run: "toy", clientId, train, heartbeatMs: 100, inlineBytes })) events.push(event);
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
    const transport = await natsTransport({ connection, run: "toy", heartbeatMs: 100, inlineBytes });
    const initial = await toyInitial();
    const { state, counts } = await finishFederation({ ...options, initial, transport });
    const alone = await finishFederation({ ...options, initial, transport: inProcessTransport({ clients: toyClients, train: toyTrain }) });
    expect(state).toEqual(alone.state);
    expect(counts).toMatchObject({ accepted: 12, rejected: 0, failed: 0, duplicates: 0 });
    await transport.close();
    await Promise.all(clients.map(({ run }) => run));
    await connection.close();
    for (const { events } of clients) expect(events.at(-1)).toEqual({ type: "finished" });
  });
});
