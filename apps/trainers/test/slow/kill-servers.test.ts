/**
 * @file The main process alone is killed. A broker, a queue or workers that it had started end with it. The same command
 * comes to the undisturbed result, and leaves nothing running.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateProblem } from "@deepgrain/prm/world";
import { isRunning, type ProcessIdentity } from "@deepgrain/support/files";
import { freePort } from "@deepgrain/vitest/servers";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildForTest } from "../build-for-test";
import { resuming } from "../support/resuming";

const KILLS = 3;

const isInstalled = (programs: readonly string[]) =>
  programs.some((program) => spawnSync(program, ["--version"]).status === 0);
const hasBroker = isInstalled(["nats-server", "/usr/sbin/nats-server"]);
const hasQueue = isInstalled(["valkey-server", "/usr/bin/valkey-server", "redis-server"]);

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

/** The command line as a process of its own. @param env what is special in its environment */
function started(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess & { words: () => string } {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, INIT_CWD: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  const add = (text: Buffer) => {
    words += text.toString();
  };
  child.stdout!.on("data", add);
  child.stderr!.on("data", add);
  onTestFinished(() => void child.kill("SIGKILL"));
  return Object.assign(child, { words: () => words });
}

async function ended(child: ReturnType<typeof started>): Promise<void> {
  const [code] = await once(child, "exit");
  expect(code, child.words()).toBe(0);
}

/** The processes that a run noted last; none where it was killed before or while it noted the first. */
function noted(folder: string): ProcessIdentity[] {
  const path = join(folder, "processes.json");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return text.endsWith("\n") ? Object.values(JSON.parse(text)) : [];
}

/** Kills a command's main process alone; what it had started in its folder ends with it. */
async function killAlone(child: ReturnType<typeof started>, folder: string): Promise<void> {
  expect(child.exitCode, child.words()).toBeNull(); // it did not end by itself
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  while (noted(folder).some(isRunning)) await sleep(20);
}

/** Runs a command and kills its main process alone, each time once there is more to lose; then lets it end. */
async function killed(
  cwd: string,
  { out, args, progress }: { out: string; args: () => readonly string[]; progress: () => number },
): Promise<void> {
  for (let kills = 0; kills < KILLS; kills++) {
    const child = started(cwd, args());
    const before = progress();
    while (progress() <= before && child.exitCode === null) await sleep(5);
    await killAlone(child, join(cwd, out));
  }
  await ended(started(cwd, args()));
}

const linesOf = (path: string): number =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;

describe("killed alone,", () => {
  it.skipIf(!hasBroker && !process.env.CI)("fed coordinator --start-broker goes on", async () => {
    const cwd = await temporaryFolder();
    const split = ["--clients", "2", "--seed", "5", "--largest", "60", "--ratio", "6"];
    const learn = ["--method", "fedavg", "--rounds", "8", "--epochs", "1"];
    const run = async (out: string, isKilled: boolean) => {
      const port = String(await freePort());
      const own = ["--start-broker", "--port", port, "--out", out];
      const args = () => [
        ...["fed", "coordinator", ...learn, ...split, ...own],
        ...resuming(join(cwd, out)),
      ];
      const leading = isKilled
        ? killed(cwd, {
            out,
            args,
            progress: () => linesOf(join(cwd, out, "journal/journal.jsonl")),
          })
        : ended(started(cwd, args()));
      const joining = [0, 1].map(async (k) => {
        const key = `${out}/keys/client-${k}.key`;
        while (!existsSync(join(cwd, key))) await sleep(50);
        const server = ["--key", key, "--endpoint", `nats://127.0.0.1:${port}`];
        await ended(started(cwd, ["fed", "client", "--id", `client-${k}`, ...server]));
      });
      await Promise.all([leading, ...joining]);
      return readFile(join(cwd, out, "model.safetensors"));
    };
    const whole = await run("whole", false);
    expect((await run("killed", true)).equals(whole)).toBe(true);
    expect(noted(join(cwd, "killed")).filter(isRunning)).toEqual([]);
  });

  it.skipIf(!hasBroker && !process.env.CI)("a broker that dies is started again", async () => {
    const cwd = await temporaryFolder();
    const port = String(await freePort());
    const own = ["--start-broker", "--port", port, "--out", "run", "--clients", "1"];
    const child = started(cwd, ["fed", "coordinator", "--rounds", "1", ...own]);
    const broker = () =>
      existsSync(join(cwd, "run/processes.json")) ? noted(join(cwd, "run"))[0] : undefined;
    const running = async (other?: ProcessIdentity) => {
      for (;;) {
        const found = broker();
        if (found && found.pid !== other?.pid && isRunning(found)) return found;
        expect(child.exitCode, child.words()).toBeNull();
        await sleep(20);
      }
    };
    const first = await running();
    while (!child.words().includes("Clients join with")) await sleep(20);
    process.kill(first.pid, "SIGKILL");
    const second = await running(first);
    child.kill("SIGINT");
    await once(child, "exit");
    expect(isRunning(second)).toBe(false);
  });

  it("fed lm goes on", async () => {
    const cwd = await temporaryFolder();
    const text = Array.from({ length: 400 }, (_, i) => `The ${i % 7} cats saw ${i % 5} dogs.`);
    await writeFile(join(cwd, "a.txt"), text.join(" <|endoftext|> "));
    const sizes = "--steps 12 --inner-steps 2 --warm-steps 0 --vocab-size 280".split(" ");
    const args = (out: string) => [
      ...["fed", "lm", "--data", join(cwd, "a.txt"), "--workers", "2", ...sizes],
      ...["--out", out],
      ...resuming(join(cwd, out)),
    ];
    await ended(started(cwd, args("whole")));
    await killed(cwd, {
      out: "killed",
      args: () => args("killed"),
      progress: () => linesOf(join(cwd, "killed/journal/journal.jsonl")),
    });
    const weights = (out: string) => readFile(join(cwd, out, "model.safetensors"));
    expect((await weights("killed")).equals(await weights("whole"))).toBe(true);
    expect(noted(join(cwd, "killed")).filter(isRunning)).toEqual([]);
  });

  it.skipIf(process.platform !== "linux").each([
    ["the kernel", {}],
    ["a shell, where setpriv is missing,", { PATH: "/none" }],
  ])("fed lm takes its workers with it: %s ends them", async (_, env) => {
    const cwd = await temporaryFolder();
    const text = Array.from({ length: 400 }, (_, i) => `The ${i % 7} cats saw ${i % 5} dogs.`);
    await writeFile(join(cwd, "a.txt"), text.join(" <|endoftext|> "));
    const sizes = "--steps 100000 --inner-steps 2 --warm-steps 0 --vocab-size 280".split(" ");
    const args = ["fed", "lm", "--data", "a.txt", "--workers", "2", ...sizes, "--out", "run"];
    const child = started(cwd, args, env);
    const rounds = () => linesOf(join(cwd, "run/journal/journal.jsonl"));
    while (rounds() < 3 && child.exitCode === null) await sleep(20);
    const workers = noted(join(cwd, "run"));
    expect(workers.map(isRunning)).toEqual([true, true]);
    await killAlone(child, join(cwd, "run"));
  });

  it.skipIf(!hasQueue && !process.env.CI)("prm annotate --queue start goes on", async () => {
    const cwd = await temporaryFolder();
    const solutions = Array.from({ length: 8 }, (_, i) => {
      const { id, problem, steps, answer } = generateProblem(i, { steps: [3, 4] });
      return JSON.stringify({ id, problem, steps, gold: answer });
    });
    await writeFile(join(cwd, "s.jsonl"), solutions.join("\n"));
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        const { prompt, seed } = JSON.parse(body);
        const text = `The answer is: ${(String(prompt).length + (seed ?? 0)) % 3}`;
        const choices = [{ index: 0, text, finish_reason: "stop" }];
        const usage = { prompt_tokens: 10, completion_tokens: 5 };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ choices, usage }));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const endpoint = ["--endpoint", `http://127.0.0.1:${port}/v1`, "--endpoint-model", "m"];
    const args = (out: string) => [
      ...["prm", "annotate", "--in", "s.jsonl", ...endpoint, "--queue", "start"],
      ...["--concurrency", "1", "--out", out],
      ...resuming(join(cwd, out)),
    ];
    await ended(started(cwd, args("whole")));
    await killed(cwd, {
      out: "killed",
      args: () => args("killed"),
      progress: () => linesOf(join(cwd, "killed/journal.jsonl")),
    });
    const labels = (out: string) => readFile(join(cwd, out, "labels.jsonl"), "utf8");
    expect(await labels("killed")).toBe(await labels("whole"));
    expect(noted(join(cwd, "killed")).filter(isRunning)).toEqual([]);
  });
});
