/** @file What servers, clients and child processes send, and texts and payloads of strangers. */
import { endpointScorer } from "@deepgrain/lm/evaluation";
import { spelledCodec, textCodec } from "@deepgrain/watermark";
import fc from "fast-check";
import { withFetch } from "../fetch";
import { inFile, NEXT, partsOf, recordText } from "../folder";
import type { Generator } from "../generator";
import {
  checkAnswer,
  createCredentials,
  endpointSource,
  greeter,
  joinLink,
  readTable,
  visitorText,
} from "../inside-commands";
import { count, word } from "./json-values";

const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));
const json = JSON.stringify;
const { signal } = new AbortController();

const echoed = (token_logprobs: readonly unknown[], more: object = {}) => ({
  choices: [{ text: "a b", logprobs: { token_logprobs } }],
  usage: { prompt_tokens: 2 },
  ...more,
});

const score = async (text: string) => {
  const ask = endpointScorer({
    baseUrl: "http://127.0.0.1:9/v1",
    model: "m",
    fetch: async () => new Response(text),
  });
  await ask("a", [" b"], { signal });
};

const chunk = (content: string) => `data: ${json({ choices: [{ delta: { content } }] })}\n\n`;
const callChunk = (index: number) => {
  const call = { index, function: { name: "f", arguments: "{}" } };
  return `data: ${json({ choices: [{ delta: { tool_calls: [call] } }] })}\n\n`;
};
const end = `data: ${json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } })}\n\ndata: [DONE]\n\n`;
const models = { data: [{ id: "m" }] };
const choosing = { seed: 0, maxNewTokens: 4, temperature: 0 };

/** Chats with a server of these models that answers so, the second time with an error. */
const chat = (text: string) => {
  const [list, answer] = partsOf(text);
  const answers = [list, answer, answer];
  const fetch = async () => {
    const body = answers.shift() ?? "";
    return new Response(body, { status: answers.length === 0 ? 400 : 200 });
  };
  return withFetch(fetch, async () => {
    const options = { name: undefined, key: undefined, tools: [{ name: "f" }], choosing, signal };
    const source = await endpointSource("http://127.0.0.1:9/v1", options);
    for await (const _ of source.answer([{ role: "user", content: "a" }], signal));
  });
};

const { seed } = createCredentials();
const ended = AbortSignal.abort();

/** Joins with a key, and leaves before anyone is reached. */
const join = (text: string) =>
  inFile("a.key", text, async (keyFile) => {
    const member = { clientId: "a", train: async () => undefined, waitMs: 0, signal: ended };
    const events = joinLink({ server: "nats://127.0.0.1:9", keyFile, ...member } as never);
    for await (const _ of events);
  });

/** Greets with one message; ends when the connection is closed or taken. */
const greet = (text: string) =>
  new Promise<void>((resolve) => {
    const heard = new Map<string, (data: unknown) => void>();
    const close = () => {
      heard.get("close")!(undefined); // stops the clock
      resolve();
    };
    const socket = {
      readyState: 1,
      on: (event: string, listener: (data: unknown) => void) => heard.set(event, listener),
      close,
      terminate: close,
    };
    greeter(() => true, close)(socket as never);
    heard.get("message")!(new TextEncoder().encode(text));
  });
const hello = { protocol: 1, clientId: "a", token: "b", instance: "c" };

const asked = { action: "call", nodes: [["list"], ["tuple", 0]] } as const;
const replied = (n: number) => ({
  id: 1,
  value: 0,
  changes: [[0, 0]],
  nodes: [["int", "1"], ...count(n).map((i) => ["list", i])],
});

const short = textCodec(8, { eccBytes: 4 });

const part = (i: number) => ["size", "batch", "rate", "larger"][i % 4];
const table = (n: number) =>
  `part,params,tokens,loss\n${count(n)
    .map((i) => `${part(i)},${1e6 * (i + 1)},2e7,${3 + 1 / (i + 1)}\n`)
    .join("")}`;

const visitor = (bytes: Uint8Array) =>
  visitorText.problemOf(bytes, "a.txt") ?? visitorText.splitText(bytes);

export const peerGenerators: readonly Generator[] = [
  {
    door: "endpointScorer",
    form: "text",
    valid: recordText(
      fc
        .array(fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }), {
          minLength: 1,
          maxLength: 4,
        })
        .map((all) => echoed(all)),
    ),
    read: score,
    orders: {
      tokens: (n) => json(echoed(count(n).map(() => -1))),
    },
  },
  {
    door: "endpointSource",
    form: "text",
    valid: fc
      .tuple(recordText(fc.constant(models)), fc.array(word, { maxLength: 4 }))
      .map(([list, words]) => {
        const calls = words.map((_, i) => callChunk(i));
        return list + NEXT + words.map(chunk).join("") + calls.join("") + end;
      }),
    read: chat,
    orders: {
      models: (n) => json({ data: count(n).map((i) => ({ id: `m${i}` })) }) + NEXT + end,
      chunks: (n) => json(models) + NEXT + chunk("a").repeat(n) + end,
      calls: (n) => json(models) + NEXT + count(n).map(callChunk).join("") + end,
      "a long event": (n) => json(models) + NEXT + "data: a\n".repeat(n),
    },
  },
  {
    door: "joinLink",
    form: "text",
    valid: fc.nat(3).map((blanks) => `${seed}${"\n".repeat(blanks)}`),
    read: join,
    orders: { "a long key": (n) => "SU".repeat(n) },
  },
  {
    door: "greeter",
    form: "text",
    valid: recordText(fc.constant(hello)),
    read: greet,
    orders: {
      keys: (n) => json({ ...hello, ...keys(n) }),
    },
  },
  {
    door: "createPythonSandbox",
    form: "text",
    valid: recordText(fc.nat(4).map(replied)),
    read: (text: string) => checkAnswer(text, 1, asked as never),
    orders: {
      nodes: (n) => json(replied(n)),
      changes: (n) => json({ ...replied(0), changes: count(n).map(() => [0, 0]) }),
    },
  },
  {
    door: "spelledCodec",
    form: "json",
    valid: fc.oneof(
      word.map((payload) => ({ codec: "text", payload })),
      fc.nat(2 ** 16).map((payload) => ({ codec: "integer", payload: String(payload) })),
      fc.constant({ codec: "hex", payload: "00ff" }),
      fc.nat(60).map((userId) => ({
        codec: "record",
        payload: json({ modelVersion: 1, time: "2025-01-01T00:00:00Z", userId }),
      })),
    ),
    read: (given: { codec?: never; payload?: unknown } | null) => {
      const codec = spelledCodec(80, { codec: given?.codec });
      const payload = given?.payload;
      if (typeof payload !== "string") return;
      codec.decode(codec.encode(payload), new Uint8Array(80));
    },
    orders: {
      "a long number": (n) => ({ codec: "integer", payload: "1".repeat(n) }),
      "a long time": (n) => ({
        codec: "record",
        payload: json({ modelVersion: 1, time: `2025${" ".repeat(n)}`, userId: 1 }),
      }),
    },
  },
  {
    door: "textCodec",
    form: "bytes",
    valid: fc.nat(9999).map((number) => short.encode(String(number))),
    read: (bits: Uint8Array) =>
      bits.length === short.bits
        ? short.decode(bits.map((bit) => bit & 1))
        : textCodec(Math.max(1, bits.length >> 3), { checksum: 0 }).decode(
            bits.map((bit) => bit & 1),
          ),
    orders: { bits: (n) => new Uint8Array(8 * n) },
  },
  {
    door: "readTable",
    form: "text",
    valid: fc.integer({ min: 1, max: 6 }).map(table),
    read: (text: string) => readTable(text, "a.csv"),
    orders: { rows: table },
  },
  {
    door: "splitText",
    form: "bytes",
    valid: fc.nat(200).map((more) => new Uint8Array(20_000 + more).fill(97)),
    read: visitor,
    orders: { bytes: (n) => new Uint8Array(80 * n).fill(97) },
  },
];
