import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, type FitTask, inProcessTransport } from "@deepgrain/fedlt";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { clientLine } from "../../src/fedlt/client-line";
import type { Pictures } from "../../src/fedlt/pictures";
import { shareOf, termsIn, termsOf, withTerms } from "../../src/fedlt/split-terms";

/** Rows that are told apart by their only number. */
const train: Dataset = {
  inputs: Float32Array.from({ length: 1000 }, (_, i) => i),
  labels: Int32Array.from({ length: 1000 }, (_, i) => i % 10),
  width: 1,
  classes: 10,
};
const pictures: Pictures = {
  train,
  test: train,
  shape: [1, 1, 1],
  fingerprint: { sha256: "abc", bytes: 1 } as Pictures["fingerprint"],
  set: "mnist",
  network: "mlp",
};
const given = {
  data: undefined,
  folder: undefined,
  network: undefined,
  clients: 3,
  largest: 60,
  ratio: 6,
  partition: "prior-scaled",
  alpha: 1,
  seed: 5,
} as const;
const names = ["ann", "ben", "cy"];
const terms = termsOf(pictures, given, names);

describe("the terms of a split", () => {
  it("give each client its own share, disjoint, and all rows of the split together", () => {
    const shares = names.map((name) => [...shareOf(pictures, terms.get(name)!).inputs]);
    const rows = shares.flat();
    expect(new Set(rows).size).toBe(rows.length);
    const total = Array.from({ length: 10 }, (_, c) => Math.floor(60 * 6 ** (-c / 9)));
    const counted = Array.from({ length: 10 }, (_, c) => rows.filter((i) => i % 10 === c).length);
    for (const [c, count] of counted.entries()) expect(Math.abs(count - total[c]!)).toBeLessThan(2);
    expect(shares.every((own) => own.length > 0)).toBe(true);
  });

  it("come with every task, and are read from it", async () => {
    let seen: FitTask | undefined;
    const transport = inProcessTransport({
      clients: names,
      train: (task) => {
        seen = task;
        return { params: new Map(), numSamples: 1 };
      },
    });
    const task = { round: 0, clientId: "ben", seed: 1, params: new Map(), groups: new Map() };
    await withTerms(transport, terms).send("ben", { ...task, config: { lr: 0.1 } });
    expect(seen!.config.lr).toBe(0.1);
    expect(termsIn(seen!)).toEqual(terms.get("ben"));
  });

  it("refuse a client with other pictures, and a coordinator without terms", () => {
    const own = terms.get("ann")!;
    expect(() => shareOf({ ...pictures, set: "cifar-10" }, own)).toThrow(
      "--data: the coordinator deals out mnist, this client has cifar-10; give --data mnist",
    );
    const other = { ...pictures, fingerprint: { ...pictures.fingerprint, sha256: "def" } };
    expect(() => shareOf(other, own)).toThrow(
      "are not the coordinator's: SHA-256 def, expected abc",
    );
    expect(() => termsIn({ config: { lr: 1 } })).toThrow("give --all");
    expect(() => termsIn({ config: { split: { ...own, share: -1 } } })).toThrow("give --all");
  });
});

const joining = {
  id: "ann",
  key: "run/keys/ann.key",
  address: "ws://127.0.0.1:8080",
  run: "fed",
  set: "mnist",
  folder: undefined,
  secure: false,
  isPersonal: false,
  tlsCert: undefined,
  tlsCa: undefined,
};

describe("the line of a client", () => {
  it("is complete", async () => {
    expect(await clientLine(joining)).toBe(
      "deepgrain fed client --id ann --key run/keys/ann.key --endpoint ws://127.0.0.1:8080 --run fed --data mnist",
    );
    const more = {
      ...joining,
      folder: "/my pictures/it's",
      secure: true,
      isPersonal: true,
      tlsCa: "ca.pem",
    };
    expect(await clientLine(more)).toBe(
      "deepgrain fed client --id ann --key run/keys/ann.key --endpoint ws://127.0.0.1:8080 --run fed --data mnist --folder '/my pictures/it'\\''s' --secure --personal personal-ann --tls-cert CLIENT.pem --tls-key CLIENT.key",
    );
  });

  it("refuses a certificate that is none", async () => {
    const tlsCert = join(await temporaryFolder(), "coordinator.pem");
    await writeFile(tlsCert, "no certificate");
    await expect(clientLine({ ...joining, tlsCert })).rejects.toMatchObject({
      name: "UsageError",
      message: `--tls-cert: ${tlsCert} holds no certificate`,
    });
  });

  it("names an address that other machines can reach", async () => {
    const line = await clientLine({ ...joining, address: "wss://0.0.0.0:8080" });
    expect(line).not.toContain("0.0.0.0");
  });
});
