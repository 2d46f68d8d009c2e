import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { saveText } from "@deepgrain/support/files";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { floatJson } from "../../src/files/float-json";
import { readIdsFile } from "../../src/files/ids-file";

async function idsFile(content: unknown): Promise<string> {
  const path = join(await temporaryFolder(), "ids.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("readIdsFile", () => {
  it("reads ids, mask and labels row by row", async () => {
    const path = await idsFile({
      input_ids: [
        [1, 2],
        [3, 4],
      ],
      attention_mask: [
        [0, 1],
        [1, 1],
      ],
      labels: [
        [-100, 2],
        [3, 4],
      ],
    });
    expect(await readIdsFile(path, 5)).toEqual({
      batch: 2,
      length: 2,
      ids: Int32Array.of(1, 2, 3, 4),
      attentionMask: Int32Array.of(0, 1, 1, 1),
      labels: Int32Array.of(-100, 2, 3, 4),
    });
  });

  it.each([
    [{ input_ids: [[1, 2], [3]] }, "row 1 of input_ids has 1 entries, expected 2"],
    [{ input_ids: [[1, 2]], attention_mask: [[1]] }, "row 0 of attention_mask"],
    [
      {
        input_ids: [[1, 2]],
        attention_mask: [
          [1, 1],
          [1, 1],
        ],
      },
      "attention_mask must have 1 rows",
    ],
    [{ input_ids: [[1, 2]], attention_mask: [[1, 2]] }, "attention_mask"],
    [{ input_ids: [[1, 2]], labels: [[1, -7]] }, "labels holds -7"],
    [{ input_ids: [[1, 9]] }, "input_ids holds 9, but the model knows the tokens 0 to 4"],
    [{ input_ids: [[1, 2.5]] }, "input_ids"],
    [{ input_ids: [] }, "input_ids"],
    [{ input_ids: [[]] }, "input_ids"],
    [{ ids: [[1]] }, "input_ids"],
    [{ input_ids: [[1]], more: 1 }, "more"],
    ["{", "not JSON"],
  ])("refuses %j", async (content, message) => {
    const path = await idsFile(content);
    await expect(readIdsFile(path, 5)).rejects.toThrow(message);
    await expect(readIdsFile(path, 5)).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });
});

describe("floatJson", () => {
  it("gives back every float32 exactly, over piece borders", () => {
    const data = Float32Array.from(
      { length: 40_000 },
      (_, i) => Math.sin(i) * 10 ** ((i % 60) - 30),
    );
    const text = `[${[...floatJson(data)].join("")}]`;
    expect(Float32Array.from(JSON.parse(text))).toEqual(data);
  });

  it("writes nothing for nothing", () => {
    expect([...floatJson(new Float32Array(0))].join("")).toBe("");
  });

  it("refuses what JSON cannot hold", () => {
    expect(() => [...floatJson(Float32Array.of(1, Number.NaN))]).toThrow("element 1 is NaN");
  });
});

describe("saveText", () => {
  it("makes folders, replaces the file and leaves nothing else behind", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a", "b.txt");
    await saveText(path, "old");
    await saveText(path, ["ne", "w"]);
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(join(folder, "a"))).toEqual(["b.txt"]);
  });

  it("leaves the old file whole when writing fails", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "b.txt");
    await saveText(path, "old");
    const failing = (function* () {
      yield "half";
      throw new Error("no more");
    })();
    await expect(saveText(path, failing)).rejects.toThrow("no more");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["b.txt"]);
  });
});
