/** @file A language model as a file of ONNX: the logits of the next token are a row of a table, chosen by the last token. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Part = number[] | Uint8Array;

/** A whole number of protobuf. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

const concat = (parts: readonly Part[]): Uint8Array =>
  Buffer.concat(parts.map((p) => Buffer.from(p)));

/** A field that holds a number. */
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];

/** A field that holds bytes, text or a message. */
const bytes = (field: number, value: Uint8Array | string): Uint8Array => {
  const data = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return concat([[...varint(field * 8 + 2), ...varint(data.length)], data]);
};

const message = (field: number, ...parts: Part[]): Uint8Array => bytes(field, concat(parts));

const FLOAT = 1;
const INT64 = 7;

/** ValueInfoProto: a name with a type and sizes, which are names where they vary. */
const place = (field: number, name: string, type: number, sizes: readonly (string | number)[]) => {
  const dims = sizes.map((size) =>
    message(1, typeof size === "number" ? number(1, size) : bytes(2, size)),
  );
  return message(
    field,
    bytes(1, name),
    message(2, message(1, number(1, type), message(2, ...dims))),
  );
};

/** ModelProto of `Gather(table, input_ids)`. @param table logits, shape [size, size] */
export function onnxTable(table: Float32Array, size: number): Uint8Array {
  const initializer = message(
    5,
    ...[number(1, size), number(1, size), number(2, FLOAT), bytes(8, "table")],
    bytes(9, new Uint8Array(table.buffer, table.byteOffset, table.byteLength)),
  );
  const node = message(
    1,
    ...[bytes(1, "table"), bytes(1, "input_ids"), bytes(2, "logits"), bytes(4, "Gather")],
  );
  const graph = message(
    7,
    ...[node, bytes(2, "markov"), initializer],
    place(11, "input_ids", INT64, ["batch", "length"]),
    place(12, "logits", FLOAT, ["batch", "length", size]),
  );
  return concat([number(1, 8), graph, message(8, number(2, 17))]);
}

/** A folder as transformers.js reads it. */
export function writeOnnxModel(folder: string, table: Float32Array, size: number): void {
  mkdirSync(join(folder, "onnx"), { recursive: true });
  const sizes = { hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 1 };
  const tokens = { vocab_size: size, bos_token_id: null, eos_token_id: null, pad_token_id: 0 };
  const config = { model_type: "llama", architectures: ["LlamaForCausalLM"], ...sizes, ...tokens };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "onnx/model.onnx"), onnxTable(table, size));
}
