import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { disk, thisProcess } from "@deepgrain/support/files";
import { failingDisk } from "@deepgrain/vitest/failing-disk";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { annotate } from "../../src/annotate/annotate";
import { completeSettings, settingsRecord } from "../../src/annotate/annotation-options";
import { openJournal } from "../../src/annotate/journal";
import type { Completer } from "../../src/completers/completer";
import { annotationWorld, worldSettings } from "../support/annotation-world";

const settings = settingsRecord(completeSettings(worldSettings));
const { solutions, completer } = await annotationWorld(6);

/** Annotates into a journal; `calls` counts completions asked for. */
async function run(path: string, limit = Number.POSITIVE_INFINITY) {
  let calls = 0;
  const counted: Completer = async (prefix, options) => {
    if (++calls > limit) throw new Error("the endpoint is gone");
    return completer(prefix, options);
  };
  const store = await openJournal(path, settings);
  try {
    const results = [];
    for await (const event of annotate(solutions, { ...worldSettings, completer: counted, store }))
      if (event.type === "solution-end") results.push(event.result);
    return {
      calls,
      results: results.sort((a, b) => a.id.localeCompare(b.id)),
      resumed: store.resumed,
    };
  } finally {
    await store.close();
  }
}

describe("the journal", () => {
  it("lets a run that failed go on without asking for anything twice", async () => {
    const folder = await temporaryFolder();
    const whole = await run(join(folder, "whole.jsonl"));
    const path = join(folder, "parts.jsonl");
    await expect(run(path, 10)).rejects.toThrow("the endpoint is gone");
    await expect(run(path, 15)).rejects.toThrow("the endpoint is gone");
    const last = await run(path);
    expect(last.results).toEqual(whole.results);
    expect(last.calls + 10 + 15).toBe(whole.calls);
    const again = await run(path);
    expect(again).toMatchObject({ calls: 0, results: whole.results });
  });

  it("removes a last line that was cut off, also between the bytes of a letter", async () => {
    const path = join(await temporaryFolder(), "j.jsonl");
    await expect(run(path, 5)).rejects.toThrow();
    const text = await readFile(path, "utf8");
    await appendFile(path, Uint8Array.of(0x7b, 0x22, 0xd0));
    const store = await openJournal(path, settings);
    await store.close();
    expect(await readFile(path, "utf8")).toBe(text);
    expect(store.resumed).toBe(text.split("\n").length - 2);
  });

  it("counts repeated entries and takes them once", async () => {
    const path = join(await temporaryFolder(), "j.jsonl");
    await expect(run(path, 3)).rejects.toThrow();
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    await appendFile(path, `${lines[1]}\n`);
    const store = await openJournal(path, settings);
    await store.close();
    expect(store.repeated).toBe(1);
  });

  it("keeps lines that hold other line separators whole", async () => {
    const path = join(await temporaryFolder(), "j.jsonl");
    const record = {
      solution: "a",
      step: 0,
      index: 0,
      text: "x\u2028y\u0085z",
      answer: null,
      correct: true,
    };
    const store = await openJournal(path, settings);
    await store.addCompletion({ ...record, promptTokens: 5, completionTokens: 2 });
    await store.close();
    const again = await openJournal(path, settings);
    await again.close();
    expect(again.completions("a", 0)).toEqual(new Map([[0, { correct: true }]]));
    expect(again.spentTokens).toBe(7);
  });

  it("refuses other settings, other files, damage and a second process", async () => {
    const path = join(await temporaryFolder(), "j.jsonl");
    const store = await openJournal(path, settings);
    await expect(openJournal(path, settings)).rejects.toThrow(/held by "annotation into/);
    await store.close();
    await expect(openJournal(path, { ...settings, n: 5 })).rejects.toThrow(
      /is of another run: n was 4, is 5/,
    );
    await appendFile(path, "no json\n");
    await expect(openJournal(path, settings)).rejects.toThrow(/j.jsonl, line 2: no entry/);
    await writeFile(path, "hello\n");
    await expect(openJournal(path, settings)).rejects.toThrow(/line 1: this is not a journal/);
    await expect(openJournal(join(path, "x"), settings)).rejects.toThrow(/prm\/openJournal/);
  });

  it("says why in plain words, and lets go of file and lock, at whatever operation the disk fails", async () => {
    const folder = await temporaryFolder();
    const header = `${JSON.stringify({ type: "run", version: 1, settings })}\n`;
    const entry = { solution: "a", step: 0, index: 0, text: "x", answer: null, correct: true };
    for (let at = 1, hasFailed = true; hasFailed; at++) {
      const path = join(folder, `${at}.jsonl`);
      const failing = failingDisk({ disk, thisProcess }, { at, failure: "EIO" });
      const work = async () => {
        const store = await openJournal(path, settings);
        const added = store.addCompletion(entry);
        await added.finally(() => store.close());
      };
      const error = await work().catch((thrown) => thrown);
      hasFailed = failing.failed !== undefined;
      if (error) {
        expect(error.code).toBe("ERR_JOURNAL");
        expect(error.message).toContain("the device reported an input or output error (EIO)");
      }
      expect(failing.running()).toBe(0);
      await failing.restart();
      await (await openJournal(path, settings)).close();
      const text = await readFile(path, "utf8");
      expect([header, `${header}${JSON.stringify({ type: "completion", ...entry })}\n`]).toContain(
        text,
      );
    }
    const names = await readdir(folder);
    expect(names.filter((name) => !/^\d+\.jsonl$/.test(name))).toEqual([]);
  });

  it("refuses a solution whose text has changed", async () => {
    const path = join(await temporaryFolder(), "j.jsonl");
    await run(path);
    const store = await openJournal(path, settings);
    const changed = [{ ...solutions[0]!, problem: "another" }];
    const events = annotate(changed, { ...worldSettings, completer, store });
    await expect(events.next()).rejects.toThrow(/was stored with another text/);
    await store.close();
  });
});
