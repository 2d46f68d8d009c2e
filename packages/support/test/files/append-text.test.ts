import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failingDisk, failures } from "@deepgrain/vitest/failing-disk";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { appendText } from "../../src/files/append-text";
import { disk } from "../../src/files/disk";
import { thisProcess } from "../../src/files/process-identity";

const newLine = (path: string) => appendText(path, "new line\n", { isSynced: true });

describe("appendText", () => {
  it("makes the file, and keeps the order of texts that are appended at the same time", async () => {
    const path = join(await temporaryFolder(), "a.jsonl");
    const texts = Array.from({ length: 20 }, (_, i) => `${i}\n`);
    await Promise.all(texts.map((text) => appendText(path, text)));
    expect(await readFile(path, "utf8")).toBe(texts.join(""));
  });

  it("says why where the folder is missing, and goes on with the next text", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "none", "a.jsonl");
    await expect(appendText(path, "x")).rejects.toMatchObject({
      code: "ERR_IO",
      message: `files: cannot write ${path}: the file or its folder does not exist (ENOENT)`,
    });
    await appendText(join(folder, "a.jsonl"), "x");
    expect(await readFile(join(folder, "a.jsonl"), "utf8")).toBe("x");
  });

  it.each(failures)(
    "leaves the old text and at most a part of the new one: %s",
    async (failure) => {
      const folder = await temporaryFolder();
      const path = join(folder, "a.jsonl");
      const seen = new Set<string>();
      for (let at = 1, hasFailed = true; hasFailed; at++) {
        await writeFile(path, "old line\n");
        const failing = failingDisk({ disk, thisProcess }, { at, failure });
        const error = await newLine(path).catch((thrown) => thrown);
        hasFailed = failing.failed !== undefined;
        expect(failing.running()).toBe(0);
        await failing.restart();
        const text = (await readFile(path, "utf8")).slice("old line\n".length);
        if (failure === "ENOSPC" || failure === "EIO")
          expect(error?.message ?? "").toMatch(
            hasFailed ? /cannot write .*\((ENOSPC|EIO)\)/ : /^$/,
          );
        seen.add(text);
        expect(await readdir(folder)).toEqual(["a.jsonl"]);
      }
      expect([...seen].sort()).toEqual(
        failure === "half" ? ["", "new ", "new line\n"] : ["", "new line\n"],
      );
    },
  );
});
