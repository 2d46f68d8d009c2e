import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostileCase } from "@deepgrain/vitest/hostile";
import { openCheckpoint, openSafetensors, readLlama2c, readLlama2cTokenizer } from "../../src";

/** A safetensors file of this header and so many bytes of data. */
function file(header: string, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const empty = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
const many = (count: number) =>
  file(`{${Array.from({ length: count }, (_, i) => `"t${i}":${empty}`).join(",")}}`);
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

const integers = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);

const pipe = (name: string): HostileCase => ({
  name: `a pipe as ${name}`,
  expects: "ERR_IO",
  run(folder) {
    execFileSync("mkfifo", [join(folder, name)]);
    return openCheckpoint(folder);
  },
});

/** Inputs that hung, took gigabytes or threw what is not documented. */
export const cases: readonly HostileCase[] = [
  { name: "1e6 empty tensors", expects: "ERR_FORMAT", run: () => openSafetensors(many(1_000_000)) },
  { name: "400,000 empty tensors", expects: "result", run: () => openSafetensors(many(400_000)) },
  {
    name: "a header nested 100,000 deep",
    expects: "ERR_FORMAT",
    run: () => openSafetensors(file(`{"a": ${deep}}`)),
  },
  {
    name: "metadata nested 100,000 deep",
    expects: "ERR_FORMAT",
    run: () => openSafetensors(file(`{"__metadata__": {"a": ${deep}}}`)),
  },
  {
    name: "a shape of 100,000 axes",
    expects: "ERR_FORMAT",
    run: () =>
      openSafetensors(
        file(`{"a":{"dtype":"F32","shape":[${"9,".repeat(100_000)}9],"data_offsets":[0,4]}}`, 4),
      ),
  },
  {
    name: "an index nested 100,000 deep",
    expects: "ERR_FORMAT",
    run(folder) {
      writeFileSync(join(folder, "model.safetensors.index.json"), `{"weight_map": {"a": ${deep}}}`);
      return openCheckpoint(folder);
    },
  },
  pipe("model.safetensors"),
  pipe("model.safetensors.index.json"),
  { name: "a device", expects: "ERR_IO", run: () => openSafetensors("/dev/zero") },
  {
    name: "a llama2.c header of 2e9 layers",
    expects: "ERR_FORMAT",
    run: () => readLlama2c(integers(8, 8, 2_000_000_000, 2, 2, 31, 8)),
  },
  {
    name: "a llama2.c tokenizer of 1e6 empty pieces",
    expects: "result",
    run: () => readLlama2cTokenizer(new Uint8Array(4 + 8 * 1_000_000)),
  },
];
