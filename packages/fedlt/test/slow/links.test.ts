import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, natsIsMissing } from "@deepgrain/vitest/servers";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it, onTestFinished } from "vitest";
import { FedError, fedAvg, finishFederation, type LocalTrain, type Transport } from "../../src";
import { joinLink, openLink } from "../../src/federation/links";

const train: LocalTrain = ({ params }) => ({
  params: new Map([["w", { shape: [1], data: params.get("w")!.data.map((x) => (x + 2) / 2) }]]),
  numSamples: 1,
});

const twoRounds = (transport: Transport) =>
  finishFederation({
    transport,
    strategy: fedAvg(),
    initial: new Map([["w", { shape: [1], data: Float32Array.of(0) }]]),
    rounds: 2,
    quorum: 2,
    minClients: 2,
    waitMs: 60_000,
  });

/** The events of a member until the end, or its error. */
async function seen(member: { server: string; keyFile: string; clientId: string; waitMs: number }) {
  const types: string[] = [];
  try {
    for await (const { type } of joinLink({ ...member, train })) types.push(type);
  } catch (error) {
    if (!FedError.isInstance(error)) throw error;
    return { types, error: error.code };
  }
  return { types, error: undefined };
}

describe.each(["websocket", "nats"] as const)("a link over %s", (transport) => {
  const isMissing = transport === "nats" && natsIsMissing;

  it.skipIf(isMissing)(
    "is opened and joined by its description, and ends late clients",
    async () => {
      const folder = await temporaryFolder();
      const clients = ["a", "b"];
      const pids: unknown[] = [];
      const port = transport === "nats" ? await freePort() : 0;
      const onProcess = (name: string, pid: number | undefined) => pids.push([name, pid]);
      const link = await openLink({ transport, folder, clients, port, onProcess });
      const member = (clientId: string, waitMs = 60_000) => {
        const keyFile = link.keyFile(clientId);
        return { server: link.address, keyFile, clientId, waitMs };
      };
      const joined = clients.map((id) => seen(member(id)));
      const { state, counts } = await twoRounds(link.transport);
      expect(state.params.get("w")!.data[0]).toBe(1.5);
      expect(counts.accepted).toBe(4);
      await link.close();
      for (const { types, error } of await Promise.all(joined)) {
        expect(error).toBeUndefined();
        expect(types.at(-1)).toBe("finished");
      }
      expect((await stat(link.keyFile("a"))).mode & 0o077).toBe(0);
      expect(pids).toHaveLength(transport === "nats" ? 1 : 0);
      // Whoever comes now finds nobody.
      expect(await seen(member("a", 400))).toMatchObject({ error: "ERR_TRANSPORT" });
      const key = await readFile(link.keyFile("a"), "utf8");
      const again = await openLink({ transport, folder, clients, port });
      await again.close();
      expect(await readFile(again.keyFile("a"), "utf8")).toBe(key);
    },
  );

  it("refuses a key that is none, and an open address without certificates", async () => {
    const folder = await temporaryFolder();
    const keyFile = join(folder, "a.key");
    await writeFile(keyFile, "nothing\n");
    const server = transport === "nats" ? "nats://127.0.0.1:1" : "ws://127.0.0.1:1";
    const bad = { server, keyFile, clientId: "a", waitMs: 0 };
    expect(await seen(bad)).toMatchObject({ error: "ERR_AUTH" });
    const open = openLink({ transport, folder, clients: ["b"], host: "0.0.0.0" });
    await expect(open).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
  });
});

it.skipIf(natsIsMissing)(
  "a client of a broker that runs on ends when no coordinator is heard",
  async () => {
    const folder = await temporaryFolder();
    const port = await freePort();
    const broker = await openLink({ transport: "nats", folder, clients: ["a", "b"], port });
    onTestFinished(() => broker.close());
    const server = broker.address;
    const member = { server, keyFile: broker.keyFile("a"), clientId: "a", waitMs: 5000 }; // time to connect
    await broker.transport.close(); // the coordinator is gone, its broker is not
    const { types, error } = await seen(member);
    expect(types).toContain("connected");
    expect(error).toBe("ERR_TRANSPORT");
  },
);
