import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { valkeyIsMissing } from "@deepgrain/vitest/servers";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { annotate } from "../../src/annotate/annotate";
import type { AnnotateEvent } from "../../src/annotate/annotate-events";
import { completeSettings, settingsRecord } from "../../src/annotate/annotation-options";
import type { AnnotationEntry, CompletionRecord } from "../../src/annotate/annotation-store";
import { openJournal } from "../../src/annotate/journal";
import type { LabelledSolution } from "../../src/annotate/step-value";
import { annotateByQueue } from "../../src/bullmq/annotate-by-queue";
import { seededRandom } from "../../src/random/seeds";
import { annotationWorld, worldSettings } from "../support/annotation-world";
import { bundleScript, exitOf, killNow, startScript } from "../support/children";
import { startValkey } from "../support/valkey";

const kills = 10;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function collect(events: AsyncIterable<AnnotateEvent>): Promise<LabelledSolution[]> {
  const results: LabelledSolution[] = [];
  for await (const event of events) if (event.type === "solution-end") results.push(event.result);
  return results.sort((a, b) => a.id.localeCompare(b.id));
}

/** Entries of a journal by type, the header left out. */
async function entriesOf(path: string) {
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n").slice(1);
  const entries = lines.map((line) => JSON.parse(line) as AnnotationEntry);
  const completions = entries.filter(
    (e) => e.type === "completion",
  ) as unknown as CompletionRecord[];
  return {
    completions: completions
      .map(({ solution, step, index, text }) => `${solution} ${step} ${index} ${text}`)
      .sort(),
    ids: entries.filter((e) => e.type === "solution").map((e) => (e as { id: string }).id),
  };
}

/** The same run without any disturbance. */
async function undisturbed(path: string, count: number) {
  const { solutions, completer } = await annotationWorld(count);
  const settings = settingsRecord(completeSettings(worldSettings));
  const journal = await openJournal(path, settings);
  const results = await collect(
    annotate(solutions, { ...worldSettings, completer, store: journal }),
  );
  await journal.close();
  return { results, ...(await entriesOf(path)) };
}

describe("annotation that is killed ten times", () => {
  it("ends, embedded, with the completions and labels of an undisturbed run, none lost and none double", async () => {
    const count = 80;
    const folder = await temporaryFolder();
    const path = join(folder, "journal.jsonl");
    const script = await bundleScript("annotate-child", "kill-journal");
    const random = seededRandom(3);
    let killed = 0;
    for (; killed < kills; killed++) {
      const before = await stat(path).then(
        (s) => s.size,
        () => 0,
      );
      const child = startScript(script, "journal", path, String(count));
      while (
        child.exitCode === null &&
        (await stat(path).then(
          (s) => s.size,
          () => 0,
        )) <= before
      )
        await pause(5);
      await pause(random() * 60);
      await killNow(child);
      if (child.signalCode === null) break; // it was done
    }
    expect(killed).toBeGreaterThan(0);
    const last = startScript(script, "journal", path, String(count));
    expect(await exitOf(last), last.output()).toBe(0);
    const expected = await undisturbed(join(folder, "calm.jsonl"), count);
    const got = await entriesOf(path);
    expect(got.completions).toEqual(expected.completions);
    expect(new Set(got.ids).size).toBe(got.ids.length);
    const { solutions, completer } = await annotationWorld(count);
    const journal = await openJournal(path, settingsRecord(completeSettings(worldSettings)));
    expect(journal.repeated).toBe(0);
    const results = await collect(
      annotate(solutions, { ...worldSettings, completer, store: journal }),
    );
    await journal.close();
    expect(results).toEqual(expected.results);
  });

  it.skipIf(valkeyIsMissing)(
    "ends, on two BullMQ workers, with the same results as an undisturbed run",
    async () => {
      const count = 40;
      const folder = await temporaryFolder();
      const connection = await startValkey();
      const script = await bundleScript("annotate-child", "kill-queue");
      const start = async () => {
        const child = startScript(script, "worker", String(connection.port), String(count));
        while (!child.output().includes("ready") && child.exitCode === null) await pause(5);
        return child;
      };
      const { solutions } = await annotationWorld(count);
      const path = join(folder, "queue.jsonl");
      const journal = await openJournal(path, settingsRecord(completeSettings(worldSettings)));
      const options = { ...worldSettings, connection, runId: "kills", store: journal };
      const collected = collect(annotateByQueue(solutions, options));
      const workers = await Promise.all([start(), start()]);
      const random = seededRandom(4);
      for (let kill = 0; kill < kills; kill++) {
        await pause(100 + random() * 150);
        await killNow(workers[kill % 2]!);
        workers[kill % 2] = await start();
      }
      const results = await collected;
      await journal.close();
      const expected = await undisturbed(join(folder, "calm.jsonl"), count);
      expect(results).toEqual(expected.results);
      expect((await entriesOf(path)).completions).toEqual(expected.completions);
      // A second producer of the same run finds everything done.
      const again = await collect(annotateByQueue(solutions, { ...options, store: undefined }));
      expect(again).toEqual(expected.results);
    },
  );
});
