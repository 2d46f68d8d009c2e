import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { disk, syncFolder } from "../../src/files";

afterEach(() => vi.restoreAllMocks());

it("says that a folder's names could not be forced to the disk, unless the system cannot do that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sync-"));
  const failed = (code: string) =>
    vi.spyOn(disk, "sync").mockRejectedValueOnce(Object.assign(new Error(code), { code }));
  failed("EIO");
  await expect(syncFolder(folder)).rejects.toMatchObject({ code: "ERR_IO" });
  for (const code of ["EINVAL", "EPERM", "ENOTSUP"]) {
    failed(code);
    await expect(syncFolder(folder)).resolves.toBeUndefined();
  }
  await rm(folder, { recursive: true });
  await expect(syncFolder(folder)).rejects.toMatchObject({ code: "ERR_IO" });
});
