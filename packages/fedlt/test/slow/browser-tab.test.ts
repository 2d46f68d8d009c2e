import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type {} from "@deepgrain/vitest/describe-chromium";
import { natsIsMissing } from "@deepgrain/vitest/servers";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { natsClient, natsTransport } from "../../src/federation/nats";
import { webSocketClient, webSocketTransport } from "../../src/federation/websocket";
import {
  fedAvg,
  finishFederation,
  inProcessTransport,
  memoryJournal,
  type Transport,
} from "../support/all";
import { buildSupport } from "../support/build";
import { startBroker } from "../support/nats-server";
import { toyInitial, toyLocal, toyTrain } from "../support/toy";

const program = inject("chromium");

const strategy = fedAvg({ local: toyLocal });
// Five of them without a word and a client is gone: long enough for one on a busy machine.
const heartbeatMs = 1000;

/** Runs rounds with a Node client and the tab until the tab leaves after the fourth, then two more without it. */
async function shareRounds(transport: Transport, page: Page) {
  const journal = memoryJournal();
  const initial = await toyInitial();
  const options = { strategy, initial, rounds: 6, seed: 5 };
  while (transport.nodes().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await finishFederation({ ...options, rounds: 4, transport, journal });
  // On a busy machine a task may be sent again before the tab has said that it is at it; on a fast one the coordinator
  // has the update before the tab has been told so.
  await page.waitForFunction(
    `Math.min(...["task-start", "update-sent"].map((type) => eventsSeen()[type] ?? 0)) >= 4`,
  );
  await page.evaluate("leave()");
  while (transport.nodes().length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
  const { state } = await finishFederation({ ...options, transport, journal });
  expect(journal.records.map(({ accepted }) => accepted.map(({ clientId }) => clientId))).toEqual([
    ...Array(4).fill(["node", "tab"]),
    ["node"],
    ["node"],
  ]);
  const alone = await finishFederation({
    ...options,
    transport: inProcessTransport({ clients: ["node", "tab"], train: toyTrain }),
    selectClients: (round) => (round < 4 ? ["node", "tab"] : ["node"]),
  });
  expect(state).toEqual(alone.state);
}

describe.skipIf(program === undefined && !process.env.CI)("a browser tab as a client", () => {
  let browser: Browser;
  let script: string;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program!, args: ["--no-sandbox"] });
    script = readFileSync(await buildSupport("toy-tab", { forBrowser: true }), "utf8");
  });
  afterAll(() => browser.close());

  async function openTab(): Promise<Page> {
    const page = await browser.newPage();
    await page.addScriptTag({ content: script });
    return page;
  }

  it("takes part over WebSocket beside a Node client, with the same bits, and leaves", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const transport = webSocketTransport({
      server,
      authenticate: (id, token) => token === `secret of ${id}`,
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = (async () => {
      for await (const _ of webSocketClient({
        url,
        clientId: "node",
        token: "secret of node",
        train: toyTrain,
        WebSocket,
      }));
    })();
    const page = await openTab();
    void page.evaluate(
      `takePart(${JSON.stringify({ kind: "websocket", url, clientId: "tab", secret: "secret of tab" })})`,
    );
    await shareRounds(transport, page);
    await transport.close();
    await run;
    await page.close();
    server.close();
  });

  it.skipIf(natsIsMissing)(
    "takes part over NATS beside a Node client, with the same bits, and leaves",
    async () => {
      const broker = await startBroker("toy", ["node", "tab"]);
      const [connection, client] = [
        await broker.connect("coordinator"),
        await broker.connect("node"),
      ];
      const transport = await natsTransport({ connection, run: "toy", heartbeatMs });
      const run = (async () => {
        for await (const _ of natsClient({
          connection: client,
          run: "toy",
          clientId: "node",
          train: toyTrain,
          heartbeatMs,
        }));
      })();
      const page = await openTab();
      const url = `ws://127.0.0.1:${broker.websocketPort}`;
      void page.evaluate(
        `takePart(${JSON.stringify({ kind: "nats", url, clientId: "tab", secret: broker.seeds.tab })})`,
      );
      await shareRounds(transport, page);
      await transport.close();
      await run;
      await Promise.all([connection.close(), client.close()]);
      await page.close();
      await broker.stop();
    },
  );
});
