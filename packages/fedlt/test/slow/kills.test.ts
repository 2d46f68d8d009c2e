import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { natsIsMissing } from "@deepgrain/vitest/servers";
import { describe, expect, it } from "vitest";
import { folderJournal, readJournal } from "../../src/federation/node/folder-journal";
import { finishFederation, inProcessTransport, stream } from "../support/all";
import { buildSupport } from "../support/build";
import { type Broker, startBroker } from "../support/nats-server";
import { toyClients, toyInitial, toyStrategy, toyTrain } from "../support/toy";

const rounds = 6;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A process that is started again whenever it was killed. */
function supervise(program: string, args: readonly string[]) {
  let child: ChildProcess;
  let restarts = 0;
  let isStopped = false;
  const ended = new Promise<number>((resolve) => {
    const start = () => {
      if (isStopped) return resolve(0);
      child = spawn(process.execPath, [program, ...args], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      child.once("exit", (code, signal) => {
        if (signal !== "SIGKILL" || isStopped) resolve(code ?? 1);
        else {
          restarts++;
          setTimeout(start, 150);
        }
      });
    };
    start();
  });
  const kill = () => void child.kill("SIGKILL");
  const stop = () => {
    isStopped = true;
    kill();
  };
  return { kill, stop, ended, restarts: () => restarts };
}

/** Rounds that a journal, which may be written to just now, has as finished. */
async function finishedRounds(folder: string): Promise<number> {
  const lines = await readJournal(folder);
  return lines.filter(({ type }) => type === "round-end").length;
}

async function runWithKills(
  broker: Broker,
  programs: { client: string; coordinator: string },
  seed: number,
) {
  const random = stream(seed, "kills");
  const port = String(broker.port);
  const folder = join(broker.folder, "journal");
  const coordinator = supervise(programs.coordinator, [
    port,
    broker.seeds.coordinator!,
    folder,
    String(rounds),
  ]);
  const clients = toyClients.map((id) => supervise(programs.client, [port, broker.seeds[id]!, id]));
  const victims = [
    coordinator,
    clients[Math.floor(random() * 2)]!,
    clients[2 + Math.floor(random() * 2)]!,
  ];
  let isOver = false;
  void coordinator.ended.then(() => {
    isOver = true;
  });
  // Each at some moment of one of the first rounds, however long they take.
  await Promise.all(
    victims.map(async ({ kill }) => {
      const [after, laterMs] = [Math.floor(random() * (rounds - 2)), random() * 60];
      while (!isOver && (await finishedRounds(folder)) < after) await sleep(5);
      await sleep(laterMs);
      kill();
    }),
  );
  const code = await coordinator.ended;
  // A client that was being started when the run ended never heard of it.
  await Promise.race([Promise.all(clients.map(({ ended }) => ended)), sleep(300)]);
  for (const { stop } of clients) stop();
  return { code, folder, restarts: victims.map(({ restarts }) => restarts()) };
}

describe.skipIf(natsIsMissing)("a federation over NATS", () => {
  it("finishes with every update counted once when clients and the coordinator are killed, ten times", async () => {
    const programs = {
      client: await buildSupport("toy-client"),
      coordinator: await buildSupport("toy-coordinator"),
    };
    let coordinatorKills = 0;
    for (let attempt = 0; attempt < 10; attempt++) {
      const broker = await startBroker("toy", toyClients);
      const { code, folder, restarts } = await runWithKills(broker, programs, attempt);
      expect(code, `attempt ${attempt}`).toBe(0);
      coordinatorKills += restarts[0]!;
      const lines = await readJournal(folder);
      const finished = lines.flatMap((line) => (line.type === "round-end" ? [line] : []));
      expect(finished.map(({ round }) => round)).toEqual(
        Array.from({ length: rounds }, (_, round) => round),
      );
      for (const { round, accepted } of finished) {
        const ids = accepted.map(({ clientId }) => clientId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const update of accepted) {
          // What was counted had been noted, and a repeated answer had the same bits.
          const noted = lines.flatMap((line) =>
            line.type === "update-accepted" &&
            line.round === round &&
            line.clientId === update.clientId
              ? [line.checksum]
              : [],
          );
          expect(new Set(noted)).toEqual(new Set([update.checksum]));
        }
      }
      const unbroken = await finishFederation({
        transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
        strategy: toyStrategy,
        initial: await toyInitial(),
        rounds,
        seed: 5,
        selectClients: (round) => finished[round]!.accepted.map(({ clientId }) => clientId),
      });
      const journal = folderJournal(folder);
      expect((await journal.load())!.state).toEqual(unbroken.state);
      await journal.close!();
      await broker.stop();
    }
    expect(coordinatorKills).toBeGreaterThan(5);
  });
});
