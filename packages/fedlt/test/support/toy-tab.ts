/** @file A client in a browser tab: the page calls `takePart`. */
import { wsconnect } from "@nats-io/nats-core";
import { connectionOptions, natsClient } from "../../src/federation/nats";
import { webSocketClient } from "../../src/federation/websocket";
import { toyTrain } from "./toy";

const rounds: Record<string, number> = {};
const leaving = new AbortController();

async function takePart({
  kind,
  url,
  clientId,
  secret,
}: {
  kind: "nats" | "websocket";
  url: string;
  clientId: string;
  secret: string;
}): Promise<void> {
  const { signal } = leaving;
  if (kind === "websocket") {
    for await (const { type } of webSocketClient({
      url,
      clientId,
      token: secret,
      train: toyTrain,
      signal,
    }))
      rounds[type] = (rounds[type] ?? 0) + 1;
    return;
  }
  const connection = await wsconnect({ servers: url, ...connectionOptions(secret, { clientId }) });
  for await (const { type } of natsClient({
    connection,
    run: "toy",
    clientId,
    train: toyTrain,
    heartbeatMs: 100,
    signal,
  }))
    rounds[type] = (rounds[type] ?? 0) + 1;
  await connection.close();
}

Object.assign(globalThis, { takePart, leave: () => leaving.abort(), eventsSeen: () => rounds });
