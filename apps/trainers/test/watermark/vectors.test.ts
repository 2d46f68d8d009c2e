import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createWatermark } from "@deepgrain/watermark";
import { describe, expect, it } from "vitest";
import { bench, secret } from "./tiny-model";

const size = 16;
const ids = [
  [1, 2, 3, 4, 5, 6],
  [7, 7, 7],
];
const logits = ids.map((_, row) =>
  Array.from({ length: size }, (_, v) => (v === 3 ? null : Math.fround(Math.sin(v + row)))),
);
const mpac = { scheme: "mpac", vocab_size: size, message_bits: 4 };

describe("vectors", () => {
  it("writes the same bytes each time, and what the package computes", async () => {
    const { run, save, cwd } = await bench();
    const profile = { scheme: "kgw", vocab_size: size } as const;
    await save("in.json", { profile, key: secret, ids, logits });
    await run("vectors", "--in", "in.json", "--out", "a.json");
    await run("vectors", "--in", "in.json", "--out", "b.json");
    const [a, b] = await Promise.all(["a", "b"].map((n) => readFile(join(cwd, `${n}.json`))));
    expect(a!.equals(b!)).toBe(true);
    const { rows } = JSON.parse(a!.toString());
    const watermark = createWatermark(profile, secret);
    ids.forEach((text, i) => {
      const row = Float32Array.from(logits[i]!, (x) => x ?? Number.NEGATIVE_INFINITY);
      const marked = watermark.createProcessor({ promptLength: 0 })(text, row);
      const expected = Array.from(marked, (x) => (Number.isFinite(x) ? x : null));
      expect(rows[i].processed).toEqual(expected);
      expect(rows[i].next.greenList).toHaveLength(4);
      expect(rows[i].detection.pValue).toBe(watermark.detect(text).pValue);
    });
    expect(rows[0].processed[3]).toBeNull();
  });

  it("gives g-values, digits and payloads for the schemes that have them", async () => {
    const { run, save } = await bench();
    const synthid = { scheme: "synthid", vocab_size: size, ngram_len: 3, depth: 5 };
    await save("in.json", { profile: synthid, key: secret, ids });
    const [row] = JSON.parse(await run("vectors", "--in", "in.json")).rows;
    expect(row.next.context).toEqual([5, 6]);
    expect(row.next.gValues).toHaveLength(size);
    expect(row.next.gValues[0]).toMatch(/^[01]{5}$/);
    await save("in.json", { profile: mpac, key: secret, ids, payload: [1, 0, 1, 1], logits });
    const [read] = JSON.parse(await run("vectors", "--in", "in.json")).rows;
    expect(read.bits).toHaveLength(4);
    expect(read.next.colours).toHaveLength(size);
  });

  it("refuses other forms without quoting the file", async () => {
    const { attempt, save } = await bench();
    const good = { profile: mpac, key: secret, ids };
    const cases: [object, string][] = [
      [{ ...good, ids: [[99]] }, "ERR_TOKEN"],
      [{ ...good, logits }, "ERR_PAYLOAD"],
      [{ ...good, ids: "1" }, "ERR_FORMAT"],
      [{ ...good, key: secret.slice(0, 10) }, "ERR_KEY"],
      [{ ...good, payload: [1, 0, 1, 1], logits: [logits[0]!.slice(1), logits[1]] }, "ERR_SHAPE"],
    ];
    for (const [input, error] of cases) {
      await save("in.json", input);
      const { code, err, out } = await attempt("vectors", "--in", "in.json", "--json");
      expect(code).toBe(1);
      expect(JSON.parse(err).error.code).toBe(error);
      expect(err + out).not.toContain(secret.slice(0, 10));
    }
  });
});
