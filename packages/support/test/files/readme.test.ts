import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it, vi } from "vitest";
import * as lock from "../../src/files/lock";

it("runs the example of the page about files, which takes a lock", async () => {
  const taken = vi.spyOn(lock, "withLock");
  await runPage(fileURLToPath(new URL("../..", import.meta.url)), "docs/files.md");
  expect(taken).toHaveBeenCalledTimes(1);
});
