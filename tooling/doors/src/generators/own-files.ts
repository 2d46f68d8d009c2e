/** @file Files and folders that a command's flags name. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { inFile, inFolder, NEXT, partsOf, recordText, rowsText } from "../folder";
import type { Generator } from "../generator";
import {
  clientLine,
  documentRows,
  openCompletions,
  openQueue,
  openTasks,
  packageNameOf,
  readFileRows,
  readKeyRing,
  readLabelledTexts,
  readProfileFile,
  repositoryFiles,
  tellUnknownKeys,
  textDocuments,
  withInputFile,
} from "../inside-commands";
import { anyJson, count, lines, manyLines, word } from "./json-values";

const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));
const json = JSON.stringify;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const silent = { note: () => undefined };
const { signal } = new AbortController();

const llama = {
  model_type: "llama",
  vocab_size: 31,
  hidden_size: 8,
  intermediate_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};

const tellKeys = (text: string) =>
  inFolder({ "config.json": text }, (folder) =>
    tellUnknownKeys({ model: { hub: ["model"] } } as never, { model: folder }, {
      writeError: () => undefined,
    } as never),
  );

const document = (i: number) => ({ text: `word ${i}`, path: "a.ts", language: "TypeScript" });

const endingOf = (text: string) => {
  if (text.startsWith("{")) return "jsonl";
  return text.includes("\t") ? "tsv" : "csv";
};
const table = (rows: readonly (readonly string[])[], separator: string) =>
  rows.map((row) => row.join(separator)).join("\n");
const plainWord = word.map((text) => text.replaceAll(/[^\w ]/g, "x"));

const profile = { scheme: "kgw", vocab_size: 64 };
const secrets = (text: string) => {
  const [own = "", ring = ""] = partsOf(text);
  return inFolder({ "profile.json": own, "keys.txt": ring }, async (folder) => {
    await readKeyRing(`${folder}/keys.txt`);
    await readProfileFile(`${folder}/profile.json`);
  });
};
const key = (i: number) => `${"0123456789abcdef".repeat(2)}${String(i).padStart(4, "0")}`;

const code = (i: number) => ({
  id: `t${i}`,
  prompt: "Add.",
  language: "js",
  tests: [{ call: "add", arguments: [1, i], equals: 3 }],
});
const completion = (i: number) => ({ task_id: `t${i}`, completion: "x" });

/** Reads tasks, packed or not, or completions. */
function readCode(bytes: Uint8Array) {
  const isPacked = ![0x7b, 0x5b, undefined].includes(bytes[0]);
  return inFile(isPacked ? "tasks.jsonl.gz" : "tasks.jsonl", bytes, async (path) => {
    if (!Buffer.from(bytes).includes('"completion"'))
      return openTasks({ tasks: path, language: undefined });
    return openCompletions({ completions: path, n: 1, seed: 0 } as never, [], signal);
  });
}

const certificate = `-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIUZsCpJyhD34S1a3n8IxYy/rMGBRswCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAgFw0yNjEyMDExMDM3MjJaGA8yMTI2MTEwNzEwMzcyMlow
DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKf/IuiChI7e
mQn07Dl/54iUA8KeL62vawNllZJGWC48KfqF2nGh+HZ8AvO/4sbBHsJPfP1a9QfX
OpHB3hIp93WjUzBRMB0GA1UdDgQWBBS1UDhcxuGf+bCWWrTbG2gMCpkPQjAfBgNV
HSMEGDAWgBS1UDhcxuGf+bCWWrTbG2gMCpkPQjAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCIGRY3hIROZReZcWtIjKYkPg0IXSjvBpA5wclkbBKbxwk
AiBWufkO2G33oZ2lU6cqXHG5xuDEE2v4B8Sltoc/473Eyg==
-----END CERTIFICATE-----
`;
const line = (bytes: Uint8Array) =>
  inFile("coordinator.pem", bytes, (tlsCert) =>
    clientLine({
      id: "ann",
      key: "ann.key",
      address: "wss://127.0.0.1:1",
      run: "fed",
      set: "mnist",
      folder: undefined,
      secure: false,
      isPersonal: false,
      tlsCert,
      tlsCa: undefined,
    }),
  );

const sources = fc
  .tuple(recordText(fc.record({ name: word, version: word, license: word })), word)
  .map((parts) => parts.join(NEXT));
const repository = (text: string) => {
  const [manifest = "", source = ""] = partsOf(text);
  return inFolder({ "package.json": manifest, "src/a.ts": source }, async (folder) => {
    await packageNameOf(folder);
    await repositoryFiles(folder);
  });
};

export const fileGenerators: readonly Generator[] = [
  {
    door: "tellUnknownKeys",
    form: "text",
    valid: recordText(
      fc.dictionary(word, anyJson, { maxKeys: 3 }).map((more) => ({ ...more, ...llama })),
    ),
    read: tellKeys,
    orders: { keys: (n) => json({ ...llama, ...keys(n) }) },
  },
  {
    door: "withInputFile",
    form: "bytes",
    valid: fc.oneof(lines(anyJson), word, fc.constant("<graphml>")).map(bytesOf),
    read: (bytes: Uint8Array) => withInputFile(bytes, async () => undefined),
    orders: {
      lines: (n) => bytesOf("a,b\n".repeat(n)),
      blanks: (n) => bytesOf(`${" ".repeat(n)}export`),
    },
  },
  {
    door: "jsonRows",
    form: "text",
    valid: rowsText(fc.nat(9).map(document)),
    read: (text: string) => inFile("rows.jsonl", text, documentRows),
    orders: {
      rows: (n) => manyLines(n, document),
    },
  },
  {
    door: "readFileRows",
    form: "text",
    valid: lines(anyJson),
    read: (text: string) =>
      inFile("rows.jsonl", text, (path) => readFileRows(path, (row) => row, silent)),
    orders: { rows: (n) => manyLines(n, (i) => i) },
  },
  {
    door: "readLabelledTexts",
    form: "text",
    valid: fc.oneof(
      rowsText(fc.tuple(word, word).map(([text, label]) => ({ text, label }))),
      fc
        .array(fc.tuple(plainWord, plainWord))
        .map((rows) => table([["label", "text"], ...rows], ",")),
      fc.array(fc.tuple(plainWord, plainWord), { minLength: 1 }).map((rows) => table(rows, "\t")),
    ),
    read: (text: string) => inFile(`texts.${endingOf(text)}`, text, readLabelledTexts),
    orders: {
      rows: (n) => `label,text\n${"a,b\n".repeat(n)}`,
      columns: (n) => `label,text${",x".repeat(n)}\na,b${",x".repeat(n)}\n`,
      records: (n) => manyLines(n, (i) => ({ text: "a", label: i })),
    },
  },
  {
    door: "readSecretJson",
    form: "text",
    valid: fc
      .tuple(recordText(fc.constant(profile)), fc.nat(99))
      .map(([text, i]) => `${text}${NEXT}${key(i)} # the current one\n`),
    read: secrets,
    orders: {
      "retired keys": (n) => `${json(profile)}${NEXT}${count(n).map(key).join("\n")}`,
    },
  },
  {
    door: "textDocuments",
    form: "bytes",
    valid: fc
      .oneof(
        rowsText(fc.nat(9).map(document), fc.constant(document(0))),
        fc
          .array(
            plainWord.map((text) => `a${text}`),
            { minLength: 1 },
          )
          .map((all) => all.join("<|endoftext|>")),
      )
      .map(bytesOf),
    read: (bytes: Uint8Array) =>
      inFile(bytes[0] === 0x7b ? "texts.jsonl" : "texts.txt", bytes, textDocuments),
    orders: {
      documents: (n) => bytesOf("a<|endoftext|>".repeat(n)),
      "cut marks": (n) => bytesOf("<|endoftext".repeat(n)),
    },
  },
  {
    door: "openQueue",
    form: "text",
    valid: fc
      .tuple(fc.constantFrom("redis", "rediss"), plainWord, fc.integer({ min: 1, max: 9999 }))
      .map(([scheme, name, port]) => `${scheme}://${encodeURIComponent(name)}:p%20@host:${port}\n`),
    read: (text: string) => inFile("queue.address", text, (path) => openQueue(path)),
    orders: {
      "a long name": (n) => `redis://${"%20".repeat(n)}@host`,
    },
  },
  {
    door: "clientLine",
    form: "bytes",
    valid: fc.nat(3).map((blanks) => bytesOf("\n".repeat(blanks) + certificate)),
    read: line,
    orders: {
      certificates: (n) => bytesOf(certificate.repeat(n / 64)),
    },
  },
  {
    door: "openTasks",
    form: "bytes",
    valid: fc.tuple(fc.nat(2), fc.nat(3)).map(([kind, n]) => {
      const text = manyLines(n + 1, kind === 2 ? completion : code);
      return kind === 1 ? new Uint8Array(gzipSync(text)) : bytesOf(text);
    }),
    read: readCode,
    orders: {
      "packed tasks": (n) => new Uint8Array(gzipSync(manyLines(n, code))),
      "completions of one task": (n) => bytesOf(manyLines(n, () => completion(0))),
    },
  },
  {
    door: "repositoryFiles",
    form: "text",
    valid: sources,
    read: repository,
    orders: { "a long name": (n) => `${json({ name: "a".repeat(n) })}${NEXT}${"a\n".repeat(n)}` },
  },
];
