import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Lab from "@deepgrain/lab";
import type * as Workers from "@deepgrain/lab/workers";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { buildLab } from "../support/build-lab";

interface SlowSettings {
  steps: number;
  stepMs: number;
  fails?: string;
}

const load = async <T>(folder: string, file: string): Promise<T> =>
  import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);

async function open() {
  const folder = await buildLab();
  const { drain, runStudy } = await load<typeof Lab>(folder, "dist/index.js");
  const { workers } = await load<typeof Workers>(folder, "dist/workers.js");
  const { slow } = await load<{ slow: Lab.Study<SlowSettings, { score: number }> }>(
    folder,
    "programs/slow-study.mjs",
  );
  return { drain, runStudy, workers, slow };
}

it("does runs in several threads, each told to use one, with the same numbers as in process", async () => {
  const { drain, runStudy, workers, slow } = await open();
  const events: Lab.StudyEvent[] = [];
  const executor = workers({ threads: 2 });
  const options = { folder: await temporaryFolder(), seeds: [1, 2] };
  const runs = await drain(runStudy(slow, { ...options, executor }), (event) => events.push(event));
  const places = events.flatMap((event) =>
    event.type === "run-event" && event.event.type === "place" ? [event.event] : [],
  );
  expect(places).toHaveLength(6);
  expect(new Set(places.map(({ thread }) => thread)).size).toBe(2);
  expect(places.every(({ thread, threads }) => thread !== 0 && threads === 1)).toBe(true);
  const plain = await drain(runStudy(slow, { folder: await temporaryFolder(), seeds: [1, 2] }));
  expect(runs.runs.map(({ result }) => result)).toEqual(plain.runs.map(({ result }) => result));
});

it("ends runs under way on abort, names a run that fails, and needs a module", async () => {
  const { drain, runStudy, workers, slow } = await open();
  const folder = await temporaryFolder();
  const abort = new AbortController();
  const endless = { ...slow.settings, steps: 1e6 };
  const stopped = runStudy(slow, {
    folder,
    seeds: [1],
    settings: endless,
    executor: workers({ threads: 1 }),
    signal: abort.signal,
  });
  await expect(
    drain(stopped, ({ type }) => {
      if (type === "run-event") abort.abort(new Error("enough"));
    }),
  ).rejects.toThrow("enough");
  const fails = { folder: await temporaryFolder(), seeds: [1], executor: workers({ threads: 1 }) };
  await expect(
    drain(runStudy(slow, { ...fails, settings: { ...slow.settings, fails: "hot" } })),
  ).rejects.toMatchObject({
    code: "ERR_RUN",
    message: "lab: seed 1, hot failed: the oven is cold",
  });
  const { module, ...homeless } = slow;
  const lost = { folder: await temporaryFolder(), seeds: [1], executor: workers({ threads: 1 }) };
  await expect(drain(runStudy(homeless, lost))).rejects.toThrow('has no "module"');
});
