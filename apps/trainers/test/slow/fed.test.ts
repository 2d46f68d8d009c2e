import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, natsIsMissing } from "@deepgrain/vitest/servers";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { call } from "../call";

const split = ["--clients", "2", "--largest", "60", "--ratio", "6", "--seed", "5"];
const method = ["--method", "redgrape", "--rounds", "3", "--epochs", "1", "--evaluate-every", "2"];
const simulated = ["fed", "simulate", ...method, ...split, "--json"];

/** A coordinator and two clients, who retry until it listens. @param leading further flags of the coordinator */
async function federation(scheme: "ws" | "nats", leading: readonly string[] = [], folder?: string) {
  const cwd = folder ?? (await temporaryFolder());
  const port = String(await freePort());
  const transport = scheme === "ws" ? [] : ["--start-broker"];
  const own = [...split, "--port", port, "--out", "run", "--json"];
  const lead = ["fed", "coordinator", ...method, ...transport, ...own, ...leading];
  const leader = call(lead, { cwd });
  const joining = [0, 1].map(async (k) => {
    const key = `run/keys/client-${k}.key`;
    while (!existsSync(join(cwd, key)) || !existsSync(join(cwd, "run/run.json"))) await sleep(50);
    const server = ["--key", key, "--endpoint", `${scheme}://127.0.0.1:${port}`];
    return call(["fed", "client", "--id", `client-${k}`, ...server], { cwd });
  });
  return { cwd, leader: await leader, clients: await Promise.all(joining) };
}

describe("fed simulate", () => {
  it("prints the split and the result, and gives it again from its folder", async () => {
    const cwd = await temporaryFolder();
    const first = await call([...simulated, "--out", "run"], { cwd });
    expect(first.err).toContain("pictures of class  0");
    expect(first.err).toMatch(/round 2: [\d.]+ % \(head/);
    const result = JSON.parse(first.out);
    expect(result).toMatchObject({ method: "RedGrape", rounds: 3, counts: { accepted: 6 } });
    expect(result.metrics.accuracy).toBeGreaterThan(0.1);
    const { size } = await stat(join(cwd, "run/model.safetensors"));
    expect(size).toBeGreaterThan(4 * (196 * 128 + 128 * 64));
    const again = JSON.parse((await call([...simulated, "--out", "run", "--resume"], { cwd })).out);
    expect(again.metrics.accuracy).toBe(result.metrics.accuracy);
    const other = await call([...simulated, "--lr", "0.2", "--out", "run", "--resume"], { cwd });
    expect(other).toMatchObject({
      code: 2,
      err: expect.stringContaining("lr was not set, is 0.2"),
    });
  });

  it("hides updates behind masks where asked to, and comes close to the plain sum", async () => {
    const plain = JSON.parse((await call(simulated)).out);
    const secure = JSON.parse((await call([...simulated, "--secure"])).out);
    expect(secure.metrics.accuracy).toBeCloseTo(plain.metrics.accuracy, 1);
    expect((await call([...simulated, "--secure", "--workers", "2"])).code).toBe(2);
  });

  it("combines updates robustly, with noise, or by what the server knows of classes", async () => {
    const own = ["--rounds", "2", "--epochs", "1", "--largest", "60", "--ratio", "6", "--json"];
    const with5 = ["fed", "simulate", ...own, "--clients", "5"];
    const resultOf = async (...more: string[]) => JSON.parse((await call([...with5, ...more])).out);
    const mean = await resultOf("--method", "fedavg");
    for (const more of [
      ["--aggregator", "trimmed-mean", "--trim", "0.2"],
      ["--aggregator", "krum"],
    ]) {
      const robust = await resultOf("--method", "fedavg", ...more);
      expect(robust.counts.accepted).toBe(10);
      expect(robust.metrics).not.toEqual(mean.metrics);
    }
    const noise = ["--dp-clip", "0.5", "--noise-multiplier", "1"];
    const dp = await resultOf("--method", "fedavg", ...noise, "--clients-per-round", "4");
    expect(dp).toMatchObject({ method: "DP-FedAvg", privacy: { delta: 1e-5 } });
    expect(dp.privacy.epsilon).toBeGreaterThan(1);
    const ratio = await resultOf("--method", "ratio-loss");
    expect(ratio).toMatchObject({ method: "Ratio Loss", counts: { accepted: 10 } });
    const hidden = await call([...with5, "--secure", "--aggregator", "krum"]);
    expect(hidden).toMatchObject({ code: 2, err: expect.stringContaining("--secure hides") });
  });
});

describe("the folder of fed simulate", () => {
  it("is refused with a stranger's files, without --resume, and with other pictures", async () => {
    const cwd = await temporaryFolder();
    for (const name of ["model.safetensors", "metrics.jsonl"]) {
      await mkdir(join(cwd, `of-${name}`));
      await writeFile(join(cwd, `of-${name}`, name), "mine");
      const { code, err } = await call([...simulated, "--out", `of-${name}`], { cwd });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`holds ${name}`) });
      expect(await readFile(join(cwd, `of-${name}`, name), "utf8")).toBe("mine");
    }
    expect((await call([...simulated, "--out", "run"], { cwd })).code).toBe(0);
    const again = await call([...simulated, "--out", "run"], { cwd });
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("go on with --resume") });
    const record = JSON.parse(await readFile(join(cwd, "run/run.json"), "utf8"));
    record.data.pictures.sha256 = "another";
    await writeFile(join(cwd, "run/run.json"), JSON.stringify(record));
    const other = await call([...simulated, "--out", "run", "--resume"], { cwd });
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("pictures.sha256 was") });
  });
});

describe("fed coordinator and clients", () => {
  it("take no name that is more than a plain token, and leave no keys after a wrong flag", async () => {
    const cwd = await temporaryFolder();
    const lead = ["fed", "coordinator", "--out", "run"];
    for (const wrong of [
      ["--names", "a,../evil"],
      ["--run", "../evil"],
    ]) {
      const { code, err } = await call([...lead, ...wrong], { cwd });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("letters, digits") });
    }
    expect((await call([...lead, "--rounds", "0"], { cwd })).code).toBe(2);
    expect(existsSync(join(cwd, "run"))).toBe(false);
  });

  it("come to what a simulation comes to, over WebSocket", async () => {
    const { cwd, leader, clients } = await federation("ws");
    expect(leader.err).toContain("client-0 joined");
    expect(clients.map(({ code }) => code)).toEqual([0, 0]);
    const simulation = JSON.parse((await call(simulated)).out);
    expect(JSON.parse(leader.out).metrics).toEqual(simulation.metrics);
    expect((await stat(join(cwd, "run/keys/client-1.key"))).mode & 0o077).toBe(0);
    expect(await readFile(join(cwd, "run/metrics.jsonl"), "utf8")).toContain('"step":3');
  });

  it("go on with other rounds, another deadline and another quorum, and with nothing else", async () => {
    const first = ["--rounds", "1", "--quorum", "2", "--deadline", "60"];
    const { cwd, leader } = await federation("ws", first);
    expect(JSON.parse(leader.out), leader.err).toMatchObject({ rounds: 1 });
    const more = ["--resume", "--rounds", "3", "--deadline", "50"];
    const lead = ["fed", "coordinator", ...method, ...split];
    const another = ["--quorum", "1", "--lr", "0.2"]; // of all that differs, only the rate is refused
    const other = await call([...lead, "--out", "run", ...more, ...another], { cwd });
    expect(other).toMatchObject({
      code: 2,
      err: expect.stringContaining("was begun otherwise: --lr was not set, is 0.2. Give"),
    });
    const { leader: again, clients } = await federation("ws", more, cwd);
    expect(clients.map(({ code }) => code)).toEqual([0, 0]);
    expect(JSON.parse(again.out), again.err).toMatchObject({ rounds: 3 });
    expect(again.err).not.toContain("round 1:"); // that one was done
    const simulation = JSON.parse((await call(simulated)).out);
    expect(JSON.parse(again.out).metrics).toEqual(simulation.metrics);
  });

  it("wait for clients as long as they are told, and keep their keys", async () => {
    const cwd = await temporaryFolder();
    const own = ["--clients", "2", "--seed", "5", "--port", "0", "--out", "run"];
    const lead = ["fed", "coordinator", ...method, ...own];
    const { code, err } = await call([...lead, "--wait", "0.2"], { cwd });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining("2 clients must be connected, got 0"),
    });
    const key = await readFile(join(cwd, "run/keys/client-0.key"), "utf8");
    await call(["fed", "coordinator", "--wait", "0.2", "--resume", "--out", "run"], { cwd });
    expect(await readFile(join(cwd, "run/keys/client-0.key"), "utf8")).toBe(key);
  });

  it.skipIf(natsIsMissing)("do so over a broker that is started", async () => {
    const { leader, clients } = await federation("nats");
    expect(clients.map(({ code }) => code)).toEqual([0, 0]);
    const simulation = JSON.parse((await call(simulated)).out);
    expect(JSON.parse(leader.out).metrics).toEqual(simulation.metrics);
  });

  it("refuse flags that do not fit, keys that are none, and open addresses without TLS", async () => {
    const cwd = await temporaryFolder();
    const lead = ["fed", "coordinator", "--out", "run"];
    const nats = await call([...lead, "--transport", "nats"], { cwd });
    expect(nats.err).toContain("give either --start-broker or --endpoint");
    const open = await call([...lead, "--host", "0.0.0.0"], { cwd });
    expect(open.err).toContain("--tls-cert and --tls-key");
    await writeFile(join(cwd, "a.key"), "nothing\n");
    const client = [
      "fed",
      "client",
      "--id",
      "a-0",
      "--key",
      "a.key",
      "--endpoint",
      "ws://127.0.0.1:1",
    ];
    expect(await call(client, { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining("must hold a key"),
    });
  });
});

describe("processes of their own", () => {
  let main: string;
  beforeAll(async () => {
    main = await buildForTest();
    return () => rm(dirname(main), { recursive: true, force: true });
  });

  const program = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, [main, ...args], {
      env: { ...process.env, INIT_CWD: cwd },
      encoding: "utf8",
    });

  it("simulate with two worker threads to the bits of one", async () => {
    const cwd = await temporaryFolder();
    const two = program(cwd, ...simulated, "--workers", "2");
    expect(two.stderr).not.toContain("Error");
    const one = JSON.parse((await call(simulated)).out);
    expect(JSON.parse(two.stdout).metrics).toEqual(one.metrics);
  });

  it("train a language model together", async () => {
    const cwd = await temporaryFolder();
    const text = Array.from({ length: 400 }, (_, i) => `The ${i % 7} cats saw ${i % 5} dogs.`);
    await writeFile(join(cwd, "a.txt"), text.join(" <|endoftext|> "));
    const sizes = ["--steps", "4", "--inner-steps", "2", "--vocab-size", "280", "--plain"];
    const args = ["fed", "lm", "--data", join(cwd, "a.txt"), "--workers", "2", "--threads", "5"];
    args.push(...sizes);
    const { stdout, stderr } = program(cwd, ...args, "--out", "run", "--json");
    expect(stderr).toContain("worker-1 joined");
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ workers: 2, rounds: 2, tokens: 2 * 4 * 8 * 64 });
    expect(result.loss).toBeLessThan(6);
    expect(result.plainLoss).toBeLessThan(6);
    expect(result.plainLossOfMoreSteps).toBeLessThan(6);
    expect(result.bytesUp).toBeGreaterThan(0);
    expect(existsSync(join(cwd, "run/model.safetensors"))).toBe(true);
    const threadsOf = async (folder: string) =>
      JSON.parse(await readFile(join(cwd, folder, "run.json"), "utf8")).threads;
    expect(await threadsOf("run")).toBe(5);
    for (const id of ["worker-0", "worker-1"]) expect(await threadsOf(`run/workers/${id}`)).toBe(2); // the workers share them out
    const uneven = ["--steps", "5", "--warm-steps", "0", "--inner-steps", "2", "--out", "b"];
    expect((await call(["fed", "lm", ...uneven], { cwd })).code).toBe(2);
  });
});
