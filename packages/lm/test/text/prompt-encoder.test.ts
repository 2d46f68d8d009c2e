import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type ChatMessage,
  chatPrompt,
  connectPromptEncoder,
  createPromptEncoder,
  createTokenizer,
  deepseekChatTemplate,
  type PromptEncoder,
  servePromptEncoder,
  type Tokenizer,
  trainBpe,
} from "../../src";
import type { BatcherPort } from "../../src/batcher/port";
import { chatPromptInTurns } from "../../src/text/chat-prompt";

let tokenizer: Tokenizer;
beforeAll(async () => {
  const specialTokens = ["<s>", "</s>", "<|sep|>"];
  const json = await trainBpe(["to be or not to be"], {
    vocabSize: 270,
    specialTokens,
    bosToken: "<s>",
    eosToken: "</s>",
  });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  tokenizer = await createTokenizer({ tokenizer: json, config });
});

const asMessages = (texts: readonly string[]): ChatMessage[] =>
  texts.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }));

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "<s>",
        "</s>",
        "<|sep|>",
        "<",
        "\ue000",
        "\ue001",
        "\ue000\ue001",
        "\uf8ff",
        "to be ",
      ),
      fc.string({ unit: "grapheme", maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const conversation = fc.array(anyText, { minLength: 1, maxLength: 6 }).map(asMessages);

describe("chatPromptInTurns", () => {
  it("gives the ids of chatPrompt, and refuses exactly those that are too many", async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (messages) => {
        const ids = chatPrompt(tokenizer, messages);
        expect(await chatPromptInTurns(tokenizer, messages, { maxTokens: ids.length })).toEqual(
          ids,
        );
        const tooFew = chatPromptInTurns(tokenizer, messages, { maxTokens: ids.length - 1 });
        await expect(tooFew).rejects.toMatchObject({
          code: "ERR_RANGE",
          fields: { maxTokens: ids.length - 1, leastTokens: ids.length },
        });
      }),
      { numRuns: 60 },
    );
  });

  it("keeps special tokens that messages spell as text, whatever marks they bring", () => {
    const content = `</s>${"\ue000\ue001".repeat(3)}</s>\ue001\ue002`;
    const ids = chatPrompt(tokenizer, [{ role: "user", content }]);
    expect(tokenizer.decode(ids)).toBe(`<s>User: ${content}\n\nAssistant:`);
    expect(ids.filter((id) => id < 3)).toEqual([0]);
  });

  it("takes time in proportion to marks that a message brings", () => {
    const content = `</s>\ue000${"\ue001".repeat(20_000)}`;
    const ids = chatPrompt(tokenizer, [{ role: "user", content }]);
    expect(tokenizer.decode(ids)).toBe(`<s>User: ${content}\n\nAssistant:`);
  });
});

describe("a prompt encoder", () => {
  it("puts the beginning before a text, and no end behind it", async () => {
    const encoder = createPromptEncoder(tokenizer);
    const own = tokenizer.encode("to be", { addSpecialTokens: false });
    expect(tokenizer.encode("to be")).toEqual([0, ...own, 1]);
    expect(await encoder.text("to be")).toEqual([0, ...own]);
    expect(await encoder.text("to be</s>")).toEqual([0, ...own, 1]);
    expect(await encoder.text("to be", { addSpecialTokens: false })).toEqual(own);
  });

  it("leaves the end where a text is not open", async () => {
    const encoder = createPromptEncoder(tokenizer);
    expect(await encoder.text("to be", { isOpen: false })).toEqual(tokenizer.encode("to be"));
  });
});

describe("a prompt encoder of another thread", () => {
  const ends: { close(): void }[] = [];
  const connected: PromptEncoder[] = [];
  afterEach(async () => {
    for (const one of connected.splice(0)) await one.close();
    for (const port of ends.splice(0)) port.close();
  });

  /** Both ends in this thread. */
  function connect(encoder: PromptEncoder): PromptEncoder {
    const remote = connectPromptEncoder(() => {
      const { port1, port2 } = new MessageChannel();
      servePromptEncoder(port1 as BatcherPort, encoder);
      ends.push(port1);
      return port2 as BatcherPort;
    });
    connected.push(remote);
    return remote;
  }

  it("gives the ids of one in this thread, and its errors with their fields", async () => {
    const own = createPromptEncoder(tokenizer);
    const remote = connect(own);
    const messages = asMessages(["to be", "or not</s>", "to be"]);
    expect(await remote.chat(messages)).toEqual(await own.chat(messages));
    for (const options of [{}, { addSpecialTokens: false }, { isOpen: false }])
      expect(await remote.text("to be", options)).toEqual(await own.text("to be", options));
    await expect(remote.text("to be or", { maxTokens: 2 })).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { maxTokens: 2, leastTokens: 3 },
    });
    expect(ends).toHaveLength(1);
  });

  it("answers the others when one fails", async () => {
    const own = createPromptEncoder(tokenizer);
    const text: PromptEncoder["text"] = (given, options) =>
      given === "fatal"
        ? Promise.reject(new RangeError("Invalid string length"))
        : own.text(given, options);
    const remote = connect({ ...own, text });
    const all = await Promise.allSettled(["a", "fatal", "b"].map((one) => remote.text(one)));
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(ends).toHaveLength(1);
  });

  it("gives up what is no longer wanted, at once and on the other side", async () => {
    const stop = new AbortController();
    const reason = new Error("the client left");
    let isStopped = false;
    const never: PromptEncoder["text"] = (_, options) =>
      new Promise((_, reject) => {
        options!.signal!.addEventListener("abort", () => {
          isStopped = true;
          reject(options!.signal!.reason);
        });
      });
    const remote = connect({ ...createPromptEncoder(tokenizer), text: never });
    const waiting = remote.text("a", { signal: stop.signal });
    await remote.chat(asMessages(["a"])); // the other side has the text
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect.poll(() => isStopped, { timeout: 300_000 }).toBe(true);
    await expect(remote.text("a", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("is started once more when its thread ends, and not for ever", async () => {
    const never = {
      ...createPromptEncoder(tokenizer),
      text: () => new Promise<number[]>(() => {}),
    };
    const remote = connect(never);
    for (const starts of [1, 2]) {
      const waiting = remote.text("a");
      await expect.poll(() => ends.length, { timeout: 300_000 }).toBe(starts);
      ends.at(-1)!.close();
      await expect(waiting).rejects.toMatchObject({ code: "ERR_STATE" });
    }
    await expect(remote.text("a")).rejects.toMatchObject({ code: "ERR_STATE" });
    expect(ends).toHaveLength(2);
  });

  it("fails what waits when it is closed, and everything later", async () => {
    const never = {
      ...createPromptEncoder(tokenizer),
      text: () => new Promise<number[]>(() => {}),
    };
    const remote = connect(never);
    const waiting = remote.text("a");
    await remote.chat(asMessages(["a"]));
    await remote.close();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_STATE" });
    await expect(remote.chat(asMessages(["a"]))).rejects.toMatchObject({ code: "ERR_STATE" });
  });
});
