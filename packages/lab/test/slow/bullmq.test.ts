import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { drain, runStudy, type Study, type StudyEvent } from "@deepgrain/lab";
import { queueExecutor } from "@deepgrain/lab/bullmq";
import { startValkey, type Valkey, valkeyIsMissing } from "@deepgrain/vitest/servers";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { Queue } from "bullmq";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ServiceEvent } from "../../src/bullmq/serve-runs";
import { buildLab } from "../support/build-lab";

if (valkeyIsMissing)
  it.skip("SKIPPED, apt-get install valkey-server to run bullmq.test.ts", () => {});

interface SlowSettings {
  steps: number;
  stepMs: number;
  fails?: string;
}

/** A run takes five: long enough that a signal meets it under way on a busy machine. */
const STEP_MS = 400;

type SlowStudy = Study<SlowSettings, { score: number }>;

describe.skipIf(valkeyIsMissing)("runs that go through BullMQ", () => {
  let valkey: Valkey;
  beforeAll(async () => {
    valkey = await startValkey();
  });
  afterAll(() => valkey?.close());

  const connection = () => valkey.connection;

  async function open() {
    const lab = await buildLab();
    const { slow } = (await import(
      /* @vite-ignore */ pathToFileURL(join(lab, "programs/slow-study.mjs")).href
    )) as { slow: SlowStudy };
    return { lab, slow };
  }

  /** Starts a worker of its own process. @param kill looks at each event and may kill it */
  function serve(
    lab: string,
    queue: string,
    look: (event: ServiceEvent, own: ChildProcess) => void = () => {},
  ) {
    const own = spawn(
      process.execPath,
      [join(lab, "programs/serve.mjs"), `${valkey.connection.port}`, queue],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    onTestFinished(async () => {
      own.kill("SIGKILL");
      if (own.exitCode === null && own.signalCode === null) await once(own, "exit");
    });
    const events: ServiceEvent[] = [];
    createInterface({ input: own.stdout! }).on("line", (line) => {
      events.push(JSON.parse(line));
      look(events.at(-1)!, own);
    });
    return { own, events };
  }

  const resultsOf = (runs: { runs: readonly { result: unknown }[] }) =>
    runs.runs.map(({ result }) => result);

  it("gives the numbers of a study in process though a worker is killed in a run", async () => {
    const { lab, slow } = await open();
    const folder = await temporaryFolder();
    const settings = { ...slow.settings, stepMs: STEP_MS };
    let kills = 0;
    const doomed = serve(lab, "killed", ({ type }, own) => {
      if (type === "run-start" && kills++ === 0) own.kill("SIGKILL");
    });
    await once(doomed.own, "spawn");
    const events: StudyEvent[] = [];
    const executor = queueExecutor({ connection: connection(), queue: "killed" });
    const study = runStudy(slow, { folder, seeds: [1, 2], settings, executor });
    const done = drain(study, (event) => events.push(event));
    await once(doomed.own, "exit");
    const survivor = serve(lab, "killed");
    const runs = await done;
    expect(kills).toBe(1);
    const lost = doomed.events[0]!;
    expect(survivor.events).toContainEqual({ ...lost, type: "run-end" });
    expect(events.filter(({ type }) => type === "run-end")).toHaveLength(6);
    expect(events.some((e) => e.type === "run-event" && e.event.message === "step 1")).toBe(true);
    expect(runs.runs[0]!.provenance.command).toMatch(/^node serve\.mjs /);
    const plain = await drain(
      runStudy(slow, { folder: await temporaryFolder(), seeds: [1, 2], settings }),
    );
    expect(resultsOf(runs)).toEqual(resultsOf(plain));
    const queue = new Queue("killed", { connection: connection() });
    expect(await queue.getJobCounts()).toMatchObject({ active: 0, waiting: 0, completed: 0 });
    await queue.close();
  });

  it("finds results again that came while the study was away, and runs nothing twice", async () => {
    const { lab, slow } = await open();
    const folder = await temporaryFolder();
    const settings = { ...slow.settings, stepMs: STEP_MS };
    const abort = new AbortController();
    const { events } = serve(lab, "away");
    const start = (signal?: AbortSignal) =>
      runStudy(slow, {
        folder,
        seeds: [1],
        settings,
        executor: queueExecutor({ connection: connection(), queue: "away", concurrency: 1 }),
        ...(signal ? { signal } : {}),
      });
    await expect(
      drain(start(abort.signal), ({ type }) => {
        if (type === "run-event") abort.abort(new Error("away"));
      }),
    ).rejects.toThrow("away");
    const runs = await drain(start());
    expect(runs.runs).toHaveLength(3);
    const starts = events.filter(({ type }) => type === "run-start").map(({ variant }) => variant);
    expect(starts.sort()).toEqual(["base", "hot", "tuned"]);
  });

  it("gives a run back when its worker is told to end", async () => {
    const { lab, slow } = await open();
    const first = serve(lab, "ended", ({ type }, own) => {
      if (type === "run-start") own.kill("SIGTERM");
    });
    const done = drain(
      runStudy(slow, {
        folder: await temporaryFolder(),
        seeds: [1],
        settings: { ...slow.settings, stepMs: STEP_MS },
        executor: queueExecutor({ connection: connection(), queue: "ended" }),
      }),
    );
    const [code] = await once(first.own, "exit");
    expect(code).toBe(0);
    expect(first.events.map(({ type }) => type)).toEqual(["run-start"]);
    serve(lab, "ended");
    expect((await done).runs).toHaveLength(3);
  });

  it("names a run that fails, and runs it again the next time", async () => {
    const { lab, slow } = await open();
    serve(lab, "failing");
    const run = async () => {
      const executor = queueExecutor({ connection: connection(), queue: "failing" });
      const settings = { ...slow.settings, fails: "base" };
      return drain(
        runStudy(slow, { folder: await temporaryFolder(), seeds: [1], settings, executor }),
      );
    };
    for (let times = 0; times < 2; times++)
      await expect(run()).rejects.toMatchObject({
        code: "ERR_RUN",
        message: "lab: seed 1, base failed: the oven is cold",
      });
  });
});
