import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import Ajv from "ajv/dist/2020";
import { expect, it } from "vitest";
import { createTokenizer, type LmError } from "../../src";
import { jsonSchema } from "../../src/json-schema";
import { byteToCharacter } from "../../src/tokenizer/byte-alphabet";
import { allows } from "./write-text";

const bytes = async () => {
  const vocab: Record<string, number> = { "</s>": 0 };
  for (const c of byteToCharacter) vocab[c] = Object.keys(vocab).length;
  return createTokenizer({
    tokenizer: {
      version: "1.0",
      added_tokens: [{ id: 0, content: "</s>", special: true }],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", vocab, merges: [] },
    } as never,
    config: { eos_token: "</s>" },
  });
};
const enc = new TextEncoder();
it("suite", async () => {
  const tok = await bytes();
  const ids = (t: string) => Array.from(enc.encode(t), (b) => tok.tokenToId(byteToCharacter[b]!)!);
  const dir = "/tmp/s54/jsts/tests/draft2020-12/";
  const out: string[] = [];
  let taken = 0,
    refused = 0,
    bad = 0,
    unreached = 0,
    groups = 0,
    raw = 0,
    validN = 0,
    invalidN = 0;
  for (const f of readdirSync(dir).filter((f) => f.endsWith(".json")))
    for (const g of JSON.parse(readFileSync(dir + f, "utf8"))) {
      groups++;
      let c;
      try {
        c = jsonSchema(g.schema, tok);
      } catch (e) {
        if (!(e as LmError).code) {
          raw++;
          out.push(`RAW ${f} ${g.description}: ${(e as Error).stack}`);
        }
        refused++;
        out.push(`refused ${f} | ${g.description} | ${(e as Error).message.slice(0, 140)}`);
        continue;
      }
      taken++;
      for (const t of g.tests) {
        let ok = false;
        try {
          ok = allows(c, tok, ids(JSON.stringify(t.data)));
        } catch (e) {
          if ((e as LmError).code !== "ERR_RANGE" && (e as LmError).code !== "ERR_STATE")
            out.push(`RAW2 ${f} ${g.description} ${(e as Error).stack}`);
        }
        if (t.valid) validN++;
        else invalidN++;
        if (ok && !t.valid) {
          bad++;
          out.push(
            `UNSOUND ${f} | ${g.description} | ${t.description} | ${JSON.stringify(g.schema)}`,
          );
        }
        if (!ok && t.valid) {
          unreached++;
          out.push(
            `unreached ${f} | ${g.description} | ${t.description} | ${JSON.stringify(t.data).slice(0, 80)}`,
          );
        }
      }
    }
  out.unshift(JSON.stringify({ groups, taken, refused, raw, bad, invalidN, unreached, validN }));
  writeFileSync("/tmp/s54/suite.txt", out.join("\n"));
});
it("maskbench", async () => {
  const tok = await bytes();
  const ids = (t: string) => Array.from(enc.encode(t), (b) => tok.tokenToId(byteToCharacter[b]!)!);
  const dir = "/tmp/s54/mb/";
  const out: string[] = [];
  let taken = 0,
    refused = 0,
    bad = 0,
    unreached = 0,
    n = 0,
    raw = 0,
    validN = 0,
    invalidN = 0;
  const why: Record<string, number> = {};
  for (const f of readdirSync(dir)) {
    n++;
    const g = JSON.parse(readFileSync(dir + f, "utf8"));
    let c;
    const t0 = performance.now();
    try {
      c = jsonSchema(g.schema, tok);
    } catch (e) {
      if (!(e as LmError).code) {
        raw++;
        out.push(`RAW ${f}: ${(e as Error).stack}`);
      }
      const m = (e as Error).message;
      const w = String(
        (e as LmError).fields?.keyword ??
          m
            .replace(/#\/[^ :]*/g, "#")
            .replace(/\d+/g, "N")
            .slice(0, 70),
      );
      why[w] = (why[w] ?? 0) + 1;
      refused++;
      out.push(`refused ${f} | ${m.slice(0, 200)}`);
      continue;
    }
    const ms = performance.now() - t0;
    if (ms > 500) out.push(`slow ${f} ${ms.toFixed(0)}`);
    taken++;
    for (const t of g.tests ?? []) {
      let ok = false;
      try {
        ok = allows(c, tok, ids(JSON.stringify(t.data)));
      } catch (e) {
        if ((e as LmError).code !== "ERR_RANGE" && (e as LmError).code !== "ERR_STATE")
          out.push(`RAW2 ${f} ${(e as Error).stack}`);
      }
      if (t.valid) validN++;
      else invalidN++;
      if (ok && !t.valid) {
        bad++;
        out.push(`UNSOUND ${f} | ${t.description} | ${JSON.stringify(t.data).slice(0, 300)}`);
      }
      if (!ok && t.valid) {
        unreached++;
        out.push(`unreached ${f} | ${t.description} | ${JSON.stringify(t.data).slice(0, 100)}`);
      }
    }
  }
  out.unshift(
    JSON.stringify({ n, taken, pct: taken / n, refused, raw, bad, invalidN, unreached, validN }),
    JSON.stringify(why, null, 1),
  );
  writeFileSync("/tmp/s54/mb.txt", out.join("\n"));
}, 600000);
