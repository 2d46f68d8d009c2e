import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { outputPlace, writeOutput } from "../../src/files";

const isRoot = process.getuid?.() === 0;

/** Pieces of text and bytes. */
async function* pieces() {
  yield "one\n";
  yield new TextEncoder().encode("two\n");
}

describe("writeOutput", () => {
  it("replaces a plain file as a whole, and makes its folder when missing", async () => {
    const path = join(await temporaryFolder(), "deep", "out.txt");
    await writeOutput(path, "old");
    await writeOutput(path, pieces());
    expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
    expect(await readdir(join(path, ".."))).toEqual(["out.txt"]);
  });

  it.skipIf(!isRoot)("writes through a device, which stays one (needs root: mknod)", async () => {
    const cwd = await temporaryFolder();
    const sink = join(cwd, "sink");
    execFileSync("mknod", [sink, "c", "1", "3"]);
    await symlink(sink, join(cwd, "link"));
    for (const path of [sink, join(cwd, "link")]) {
      await writeOutput(path, pieces());
      expect((await lstat(sink)).isCharacterDevice()).toBe(true);
    }
    expect((await readdir(cwd)).sort()).toEqual(["link", "sink"]);
    execFileSync("mknod", [join(cwd, "full"), "c", "1", "7"]);
    await expect(writeOutput(join(cwd, "full"), "x")).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("no space left on the device"),
    });
  });

  it("writes through a pipe, whose reader gets everything", async () => {
    const cwd = await temporaryFolder();
    const pipe = join(cwd, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "inherit"] });
    let read = "";
    reader.stdout.on("data", (data) => {
      read += data;
    });
    const closed = once(reader, "close");
    await writeOutput(pipe, pieces());
    await closed;
    expect(read).toBe("one\ntwo\n");
    expect(await readdir(cwd)).toEqual(["pipe"]);
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  it("writes through a socket", async () => {
    const path = join(await temporaryFolder(), "socket");
    let read = "";
    const server = createServer().listen(path);
    await once(server, "listening");
    const connected = once(server, "connection");
    const written = writeOutput(path, pieces());
    const [socket] = (await connected) as [Socket];
    socket.on("data", (data) => {
      read += data;
    });
    await once(socket, "end");
    socket.end();
    await written;
    server.close();
    expect(read).toBe("one\ntwo\n");
  });

  it("replaces the target of a link and keeps the link; a missing target is created", async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "there"));
    await writeFile(join(cwd, "there", "target.txt"), "old");
    await symlink("target.txt", join(cwd, "there", "second"));
    await symlink("there/second", join(cwd, "first"));
    await symlink(join("new", "file.txt"), join(cwd, "dangling"));
    for (const [link, target] of [
      ["first", "there/target.txt"],
      ["dangling", "new/file.txt"],
    ] as const) {
      expect(await outputPlace(join(cwd, link))).toMatchObject({ kind: "file" });
      await writeOutput(join(cwd, link), "new");
      expect((await lstat(join(cwd, link))).isSymbolicLink()).toBe(true);
      expect((await lstat(join(cwd, target))).isFile()).toBe(true);
      expect(await readFile(join(cwd, target), "utf8")).toBe("new");
    }
    expect(await readlink(join(cwd, "first"))).toBe("there/second");
  });

  it("refuses a loop of links, a folder, and a file without any write bit, also as root", async () => {
    const cwd = await temporaryFolder();
    await symlink("b", join(cwd, "a"));
    await symlink("a", join(cwd, "b"));
    await writeFile(join(cwd, "kept"), "kept");
    await chmod(join(cwd, "kept"), 0o444);
    await symlink("kept", join(cwd, "link"));
    for (const [name, reason] of [
      ["a", "form a loop"],
      [".", "it is a folder"],
      ["kept", "read-only"],
      ["link", "read-only"],
    ] as const)
      await expect(writeOutput(join(cwd, name), "x"), name).rejects.toMatchObject({
        code: "ERR_IO",
        message: expect.stringContaining(reason),
      });
    expect(await readFile(join(cwd, "kept"), "utf8")).toBe("kept");
    expect((await readdir(cwd)).sort()).toEqual(["a", "b", "kept", "link"]);
  });
});
