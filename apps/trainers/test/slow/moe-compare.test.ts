import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { call, temporaryFolder } from "../call";

const tiny = [
  "compare",
  "deepseek-moe",
  "--quick",
  "--steps",
  "2",
  "--seeds",
  "2",
  "--workers",
  "1",
];

const read = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

describe("compare deepseek-moe", () => {
  it("trains what its experiments need, once, and writes table, JSON and page", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--experiments", "A-5,A-6", "--out", "run"];
    const { code, out, err } = await call(args, { cwd });
    expect(err).toContain("4 runs");
    expect(code).toBe(0);
    expect(out).toContain("DeepSeekMoE < DeepSeekMoE, shared expert replaced");
    const trained = await readdir(join(cwd, "run", "runs"));
    expect(trained.sort()).toEqual(["deepseek-moe", "gshard-1.5"]);
    const { claims, runs, seeds } = await read(cwd, "run", "results.json");
    expect(seeds).toEqual([1, 2]);
    expect(runs).toHaveLength(4);
    expect(claims).toHaveLength(3);
    const page = await readFile(join(cwd, "run", "report.html"), "utf8");
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain("1.808 &lt; 2.414");
  });

  it("does finished trainings not again, the others as if nothing had happened", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--experiments", "A-6", "--out", "run", "--json"];
    const first = JSON.parse((await call(args, { cwd })).out);
    const [one, two] = [1, 2].map((n) => join(cwd, "run/runs/deepseek-moe", `seed-${n}.json`));
    const { mtimeMs } = await stat(one!);
    await rm(two!);
    await writeFile(`${two}.1073741824-7-0f8e9d7c-1111-4222-8333-444455556666.tmp`, "{");
    const again = await call(args, { cwd });
    expect(again.err).toContain("1 runs were there already");
    expect((await stat(one!)).mtimeMs).toBe(mtimeMs);
    expect(await readdir(join(cwd, "run/runs/deepseek-moe"))).toHaveLength(2);
    const second = JSON.parse(again.out);
    const withoutTime = ({ seconds, ...rest }: { seconds: number }) => rest;
    expect(second.runs.map(withoutTime)).toEqual(first.runs.map(withoutTime));
    expect(second.claims).toEqual(first.claims);
  });

  it("stops at the signal with the finished trainings whole", async () => {
    const cwd = await temporaryFolder();
    const abort = new AbortController();
    const args = [
      "moe",
      "compare",
      "--quick",
      "--steps",
      "100000",
      "--workers",
      "1",
      "--out",
      "run",
    ];
    const running = call(args, { cwd, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("interrupted")), 500);
    expect(await running).toMatchObject({ code: 130, err: expect.stringContaining("goes on in") });
    expect(await readdir(join(cwd, "run"))).toEqual(["study.json"]);
  });

  it("does a training again whose file is damaged, and says so", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--experiments", "A-6", "--seeds", "1", "--out", "run"];
    const path = join(cwd, "run/runs/deepseek-moe/seed-1.json");
    await call(args, { cwd });
    const { result, ...rest } = await read(path);
    await writeFile(path, JSON.stringify({ ...rest, result: { ...result, loss: "low" } }));
    const again = await call(args, { cwd });
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining("seed-1.json is done") });
    expect((await read(path)).result).toEqual(result);
  });

  it("refuses a folder with other settings, unknown experiments, and two sizes", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--experiments", "A-6", "--seeds", "1", "--out", "run"];
    await call(args, { cwd });
    const other = await call([...args, "--steps", "3"], { cwd });
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain("other settings (steps was 2, is 3)");
    const unknown = await call([...tiny, "--experiments", "A-13"], { cwd });
    expect(unknown.err).toContain(
      '--experiments may name A-1, A-2, A-3, A-4, A-5, A-6, A-7, A-8, A-9, A-10, A-11, A-12, got "A-13"',
    );
    expect((await call([...tiny, "--full"], { cwd })).code).toBe(2);
  });
});

describe("compare deepseek-moe with workers", () => {
  let main: string;
  beforeAll(async () => {
    main = await buildForTest();
    return () => rm(dirname(main), { recursive: true, force: true });
  });

  const start = (cwd: string, ...args: string[]) =>
    spawn(process.execPath, [main, "compare", "deepseek-moe", "--quick", ...args], {
      env: { ...process.env, INIT_CWD: cwd },
      stdio: ["ignore", "ignore", "pipe"],
    });

  it("comes to the same losses as on one thread", async () => {
    const cwd = await temporaryFolder();
    const args = ["--steps", "2", "--seeds", "2", "--experiments", "A-3"];
    const child = start(cwd, ...args, "--workers", "2", "--out", "two");
    child.stderr!.resume();
    expect(await once(child, "exit")).toEqual([0, null]);
    await call(["compare", "deepseek-moe", "--quick", ...args, "--workers", "1", "--out", "one"], {
      cwd,
    });
    const losses = async (folder: string): Promise<number[]> =>
      (await read(cwd, folder, "results.json")).runs.map(
        ({ result }: { result: { loss: number } }) => result.loss,
      );
    const [two, one] = [await losses("two"), await losses("one")];
    expect(two).toHaveLength(8);
    expect(two).toBeAllclose(one, { rtol: 1e-6, atol: 0 });
  });

  it("stops at Ctrl-C with the finished trainings whole", async () => {
    const cwd = await temporaryFolder();
    const child = start(cwd, "--steps", "100000", "--workers", "2", "--out", "run");
    let [err, isPressed] = ["", false];
    child.stderr!.on("data", (chunk: Buffer) => {
      err += chunk.toString();
      if (err.includes("comparing 0 %") && !isPressed) isPressed = child.kill("SIGINT");
    });
    expect(await once(child, "exit")).toEqual([130, null]);
    expect(err).toContain("goes on in");
    expect(await readdir(join(cwd, "run"))).toEqual(["study.json"]);
  });
});
