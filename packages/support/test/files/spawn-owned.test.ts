import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { spawnOwned } from "../../src/files/spawn-owned";

/** The output of a program, with its number. */
async function printed(...args: string[]): Promise<{ pid: number | undefined; text: string }> {
  const child = spawnOwned(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout!.on("data", (part) => {
    text += part;
  });
  await once(child, "close");
  return { pid: child.pid, text };
}

// That it ends with its parent: test/slow/kill-servers.test.ts of apps/trainers.
describe("spawnOwned", () => {
  it("starts a program under its own number, with its arguments as they are", async () => {
    const { pid, text } = await printed(
      "-p",
      "[process.pid, ...process.argv.slice(1)].join()",
      "--",
      "--a",
      "b c",
    );
    expect(text).toBe(`${pid},--a,b c\n`);
  });

  it.each(["no-such-program", "/no/such/program"])(
    "says that %s is missing, as spawn does",
    async (name) => {
      const child = spawnOwned(name, [], { stdio: "ignore" });
      const [error] = await once(child, "error");
      expect(error).toMatchObject({ code: "ENOENT" });
    },
  );

  it("reports how the program ends", async () => {
    const child = spawnOwned(process.execPath, ["-e", "process.exit(7)"], { stdio: "ignore" });
    expect(await once(child, "exit")).toEqual([7, null]);
  });
});
