import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach } from "vitest";

/** Before each test of the file: the plain backend, seed 1, and a new folder. @returns how to ask for its path */
export function withTemporaryFolder(): () => string {
  let folder = "";
  beforeEach(async () => {
    setBackend("js");
    manualSeed(1);
    folder = await mkdtemp(join(tmpdir(), "deepgrain-trainer-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
