import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Folder } from "@deepgrain/tensor-gpu";
import { type HubServer, startHub } from "@deepgrain/vitest/hub-server";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hubFolder } from "../../src/hub";
import { fetchHubFolder } from "../../src/hub/hub-folder";
import { hubSettings } from "../../src/hub/hub-settings";
import { parseHubSource } from "../../src/hub/hub-source";

const commit = "0123456789abcdef0123456789abcdef01234567";
const files = {
  "config.json": "{}",
  "m-Q4_K_M.gguf": "four",
  "m-Q8_0.gguf": "eight",
  "m-UD-Q8_0.gguf": "eight of another",
  "big/m-F16-00001-of-00002.gguf": "one",
  "big/m-F16-00002-of-00002.gguf": "two",
  "cut/m-BF16-00001-of-00002.gguf": "one",
  "mmproj-F16.gguf": "pictures",
};

let hub: HubServer;
let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "lm-type-"));
  hub = await startHub({ "o/n": { commit, revisions: ["main", "v1"], files } });
});
afterEach(async () => {
  await hub.close();
  await rm(path, { recursive: true });
});

type Given = Parameters<typeof hubFolder>[1];
const open = (source: string, given: Given = {}) =>
  hubFolder(source, { endpoint: hub.endpoint, cache: path, ...given });
const bodies = () => hub.requests.filter(({ path: asked }) => asked.includes("/resolve/"));

describe("the GGUF file of a type", () => {
  it("is the one whose name has it, in either case, and comes alone", async () => {
    expect(await open("hf:o/n:q4_k_m@v1")).toMatch(/snapshots\/\w+\/m-Q4_K_M\.gguf$/);
    expect(bodies()).toHaveLength(1);
    hub.requests.length = 0;
    expect(await open("hf:o/n:Q4_K_M@v1", { offline: true })).toMatch(/m-Q4_K_M\.gguf$/);
    expect(hub.requests).toEqual([]);
  });

  it("comes with all of its parts, of which the first is named", async () => {
    expect(await open("hf:o/n:F16")).toMatch(/big\/m-F16-00001-of-00002\.gguf$/);
    expect(bodies()).toHaveLength(2);
    expect(await open("hf:o/n/big/m-F16-00002-of-00002.gguf")).toMatch(/-00002-of-/);
    expect(bodies()).toHaveLength(2);
  });

  it.each<[string, () => Folder]>([
    ["a Map", () => new Map()],
    ["a directory handle", () => new MemoryFolder("cache")],
  ])("stands alone in what %s gives, whatever else was downloaded", async (_, cacheOf) => {
    const cache = cacheOf();
    await open("hf:o/n:Q4_K_M", { cache });
    for (const offline of [false, true]) {
      const folder = (await open("hf:o/n:F16", { cache, offline: false })) as Map<string, Blob>;
      expect([...folder.keys()]).toEqual([
        "m-F16-00001-of-00002.gguf",
        "m-F16-00002-of-00002.gguf",
      ]);
      const again = (await open("hf:o/n/m-Q4_K_M.gguf", { cache, offline })) as Map<string, Blob>;
      expect([...again.keys()]).toEqual(["m-Q4_K_M.gguf"]);
    }
  });

  it.each([
    [
      "hf:o/n:Q2_K",
      "o/n@main must have one GGUF file of type Q2_K, has none; its GGUF files: big/m-F16-00001-of-00002.gguf, cut/m-BF16-00001-of-00002.gguf, m-Q4_K_M.gguf, m-Q8_0.gguf, m-UD-Q8_0.gguf",
    ],
    ["hf:o/n:Q8_0", "has m-Q8_0.gguf, m-UD-Q8_0.gguf; name one, as in hf:o/n/m-Q8_0.gguf"],
    ["hf:o/n:BF16", "there is no cut/m-BF16-00002-of-00002.gguf in o/n@main"],
    ["hf:o/n/m-q2.gguf", "there is no m-q2.gguf in o/n@main; its GGUF files: big/m-F16"],
    ["hf:o/n/none/m.gguf", "there is no none/m.gguf in o/n@main; its GGUF files: big/m-F16"],
  ])("%s is refused with the list, and nothing is downloaded", async (source, message) => {
    await expect(open(source)).rejects.toMatchObject({
      code: "ERR_MISSING",
      message: expect.stringContaining(message),
    });
    expect(bodies()).toEqual([]);
  });

  it("that the cache does not have is an error while offline", async () => {
    await open("hf:o/n:Q4_K_M");
    for (const source of ["hf:o/n:F16", "hf:o/n/m-Q8_0.gguf"])
      await expect(open(source, { offline: true })).rejects.toMatchObject({
        code: "ERR_MISSING",
        message: expect.stringMatching(/of o\/n@main is not in .*offline/),
      });
  });

  it("is taken from the cache where no server answers, and the error names the repository otherwise", async () => {
    const before = await open("hf:o/n:Q4_K_M");
    const settings = hubSettings({ endpoint: "http://127.0.0.1:9", cache: path });
    const away = (source: string) =>
      fetchHubFolder(parseHubSource(source), ["model"], settings, { wait: async () => undefined });
    expect(await away("hf:o/n:Q4_K_M")).toBe(before);
    await expect(away("hf:o/n:F16")).rejects.toThrow(
      "lm/hub: o/n@main cannot be reached at http://127.0.0.1:9",
    );
  });
});
