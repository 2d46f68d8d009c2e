import { expect, it } from "vitest";
import { folderCache } from "../../src/hub/folder-cache";
import { parseHubSource } from "../../src/hub/hub-source";

const source = parseHubSource("hf:owner/tiny");
const list = "models--owner--tiny--main.json";
const file = { path: "config.json", hash: "abc", sizeBytes: 2 } as never;

it.each(["{", "null", "5", '{"config.json":5}', '{"config.json":null}'])(
  "reads a stored list that is damaged as none, and writes it again: %s",
  async (text) => {
    const folder = new Map([
      [list, new Blob([text])],
      ["blob-abc", new Blob(["{}"])],
    ]);
    const cache = folderCache(folder, source);
    expect(await cache.cached()).toBeUndefined();
    await cache.snapshot({ commit: "0", files: [file] } as never, [file]);
    const again = (await cache.cached()) as Map<string, Blob>;
    expect([...again.keys()]).toEqual(["config.json"]);
    expect(JSON.parse(await folder.get(list)!.text())).toEqual({ "config.json": "abc" });
  },
);
