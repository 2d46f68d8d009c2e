import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const split = [
  "--clients",
  "3",
  "--largest",
  "60",
  "--ratio",
  "6",
  "--alpha",
  "0.5",
  "--seed",
  "5",
];
const method = ["--method", "fedavg", "--rounds", "2", "--epochs", "1", "--evaluate-every", "2"];

interface Joined {
  id: string;
  rows: number;
  answers: number;
}

/** A coordinator whose printed lines are typed as they are, and what comes of them. */
async function federation(cwd: string, ...more: string[]) {
  const joined: Promise<{ code: number; out: string; err: string }>[] = [];
  const stop = new AbortController();
  const own = ["--transport", "websocket", "--port", "0", "--out", "run", "--json", ...more];
  const leading = call(["fed", "coordinator", ...method, ...split, ...own], {
    cwd,
    signal: stop.signal,
    onError(text) {
      for (const line of text.match(/^deepgrain fed client .*$/gm) ?? [])
        joined.push(call([...line.split(" ").slice(1), "--json"], { cwd }));
    },
  });
  return { leading, joined, stop };
}

/** Two grey pictures in the form of Fashion-MNIST. */
async function writeFashion(folder: string): Promise<void> {
  await mkdir(folder);
  const head = (magic: number, ...sizes: number[]) =>
    Buffer.concat([magic, ...sizes].map((n) => Buffer.from([n >> 24, n >> 16, n >> 8, n])));
  for (const part of ["train", "t10k"]) {
    const images = Buffer.concat([head(0x803, 2, 28, 28), Buffer.alloc(2 * 784, 7)]);
    const labels = Buffer.concat([head(0x801, 2), Buffer.from([0, 1])]);
    await writeFile(join(folder, `${part}-images-idx3-ubyte.gz`), gzipSync(images));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte.gz`), gzipSync(labels));
  }
}

describe("the lines that a coordinator prints", () => {
  it("join its three clients to disjoint shares that are all of the split", async () => {
    const cwd = await temporaryFolder();
    const { leading, joined } = await federation(cwd);
    const leader = await leading;
    expect(leader.code, leader.err).toBe(0);
    const clients = (await Promise.all(joined)).map(({ out }) => JSON.parse(out) as Joined);
    expect(clients.map(({ id }) => id)).toEqual(["client-0", "client-1", "client-2"]);
    expect(clients.every(({ answers }) => answers === 2)).toBe(true);
    const simulated = ["fed", "simulate", ...method, ...split, "--json"];
    const { out, err } = await call(simulated, { cwd, columns: 200 });
    const table = err.split("\n").filter((line) => /^(client-\d|all)\b/.test(line));
    const rows = table.map((line) =>
      line
        .trim()
        .split(/\s+/)
        .slice(1)
        .reduce((sum, count) => sum + Number(count), 0),
    );
    expect(clients.map((client) => client.rows)).toEqual(rows.slice(0, 3));
    expect(clients.reduce((sum, client) => sum + client.rows, 0)).toBe(rows[3]);
    // The same shares, bit for bit: the models are the same.
    expect(JSON.parse(leader.out).metrics).toEqual(JSON.parse(out).metrics);
  });

  it("are refused by a client with other pictures, and the coordinator hears why", async () => {
    const cwd = await temporaryFolder();
    let line = "";
    const stop = new AbortController();
    let heard = "";
    const leading = call(
      [
        "fed",
        "coordinator",
        ...method,
        ...split,
        "--transport",
        "websocket",
        "--port",
        "0",
        "--out",
        "run",
      ],
      {
        cwd,
        signal: stop.signal,
        onError(text) {
          heard += text;
          line ||= /^deepgrain fed client .*client-0 .*$/m.exec(heard)?.[0] ?? "";
        },
      },
    );
    while (line === "") await new Promise((resolve) => setTimeout(resolve, 20));
    const others = ["client-1", "client-2"].map((id) =>
      call(line.replaceAll("client-0", id).split(" ").slice(1), { cwd, signal: stop.signal }),
    );
    const words = line.replace("--data mnist", "--data fashion-mnist --folder fashion").split(" ");
    await writeFashion(join(cwd, "fashion"));
    const refused = await call(words.slice(1), { cwd });
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("the coordinator deals out mnist, this client has fashion-mnist");
    while (!heard.includes("deals out mnist"))
      await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort(new Error("interrupted"));
    await Promise.all([leading, ...others]);
    expect(heard).toContain("client-0: ");
  });
});
