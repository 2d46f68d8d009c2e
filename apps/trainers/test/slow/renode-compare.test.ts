import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { call, temporaryFolder } from "../call";
import { writeCitationFolder } from "../renode/tiny-graphs";

const tiny = ["compare", "renode", "--data", "data", "--initialisations", "1", "--seeds", "2"];

const read = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

async function folder(): Promise<string> {
  const cwd = await temporaryFolder();
  await writeCitationFolder(join(cwd, "data/cora"), 1);
  await writeCitationFolder(join(cwd, "data/citeseer"), 2);
  return cwd;
}

describe("compare renode", () => {
  it("trains what its experiments need and writes table, JSON and page", async () => {
    const cwd = await folder();
    const args = [...tiny, "--workers", "1", "--experiments", "ranges,levels", "--out", "run"];
    const { code, out, err } = await call(args, { cwd });
    expect(code).toBe(0);
    expect(err).toContain("copying the graphs");
    expect(out).toContain("gain: low conflict < middle conflict");
    const { runs, seeds, settings, claims } = await read(cwd, "run", "results.json");
    expect(seeds).toEqual([1, 2]);
    expect(runs).toHaveLength(2 * 2 * (2 + 6));
    expect(claims).toHaveLength(4);
    expect(Object.keys(settings.data)).toEqual(["cora", "citeseer"]);
    const page = await readFile(join(cwd, "run", "report.html"), "utf8");
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it("goes on where it was stopped, and refuses other graphs in the same folder", async () => {
    const cwd = await folder();
    const args = [
      ...tiny,
      "--workers",
      "1",
      "--experiments",
      "ranges",
      "--graphs",
      "cora",
      "--out",
      "run",
      "--json",
    ];
    const first = JSON.parse((await call(args, { cwd })).out);
    const runs = join(cwd, "run/runs/cora/balanced/gcn/ce-renode-0.25");
    const { mtimeMs } = await stat(join(runs, "seed-1.json"));
    await rm(join(runs, "seed-2.json"));
    const again = await call(args, { cwd });
    expect(again.err).toContain("3 runs were there already");
    expect((await stat(join(runs, "seed-1.json"))).mtimeMs).toBe(mtimeMs);
    const results = ({ runs: all }: { runs: { result: unknown }[] }) =>
      all.map(({ result }) => result);
    expect(results(JSON.parse(again.out))).toEqual(results(first));
    await writeCitationFolder(join(cwd, "data/cora"), 3);
    const other = await call(args, { cwd });
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("other settings (data") });
  });

  it("refuses a folder without the graphs, unknown experiments and two sizes", async () => {
    const cwd = await temporaryFolder();
    const missing = await call([...tiny, "--quick"], { cwd });
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringContaining("--data must be a folder with cora"),
    });
    const unknown = await call([...tiny, "--experiments", "all"], { cwd });
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('got "all"') });
    expect((await call([...tiny, "--quick", "--full"], { cwd })).code).toBe(2);
  });
});

describe("compare renode with workers", () => {
  let main: string;
  beforeAll(async () => {
    main = await buildForTest();
    return () => rm(dirname(main), { recursive: true, force: true });
  });

  const start = (cwd: string, ...args: string[]) =>
    spawn(process.execPath, [main, ...tiny, "--workers", "2", ...args], {
      env: { ...process.env, INIT_CWD: cwd },
      stdio: ["ignore", "ignore", "pipe"],
    });

  it("comes to the same scores as on one thread", async () => {
    const cwd = await folder();
    const args = ["--experiments", "ranges,rivals", "--graphs", "cora"];
    const child = start(cwd, ...args, "--out", "two");
    child.stderr!.resume();
    expect(await once(child, "exit")).toEqual([0, null]);
    await call([...tiny, ...args, "--workers", "1", "--out", "one"], { cwd });
    const results = async (out: string) =>
      (await read(cwd, out, "results.json")).runs.map(({ result }: { result: unknown }) => result);
    expect(await results("two")).toEqual(await results("one"));
  });

  it("stops at Ctrl-C with the finished runs whole", async () => {
    const cwd = await folder();
    const child = start(cwd, "--seeds", "200", "--out", "run");
    let [err, isPressed] = ["", false];
    child.stderr!.on("data", (chunk: Buffer) => {
      err += chunk.toString();
      if (err.includes("comparing 0 %") && !isPressed) isPressed = child.kill("SIGINT");
    });
    expect(await once(child, "exit")).toEqual([130, null]);
    expect(err).toContain("goes on in");
    expect((await readdir(join(cwd, "run"))).sort()).toContain("study.json");
    expect(await readdir(join(cwd, "run"))).not.toContain("results.json");
  });
});
