import { beforeAll, describe, expect, it } from "vitest";
import { createTokenizer, trainBpe } from "../../src/tokenizer";
import type { TokenizerConfigJson, TokenizerJson } from "../../src/tokenizer/tokenizer-json";

let json: TokenizerJson;
beforeAll(async () => {
  json = await trainBpe(["to be or not to be"], {
    vocabSize: 262,
    specialTokens: ["<s>", "</s>", "<pad>"],
  });
});

const open = (
  config: TokenizerConfigJson,
  tokenizer: object = json,
  options: { template?: string } = {},
) => createTokenizer({ tokenizer, config }, options);

describe("createTokenizer", () => {
  it("knows sizes and roles, given as strings or as objects", async () => {
    const tokenizer = await open({
      bos_token: "<s>",
      eos_token: { content: "</s>" },
      pad_token: null,
    });
    expect(tokenizer.vocabSize).toBe(262);
    expect(tokenizer.bosTokenId).toBe(0);
    expect(tokenizer.eosTokenId).toBe(1);
    expect(tokenizer.padTokenId).toBeUndefined();
    expect(tokenizer.tokenToId("</s>")).toBe(1);
    expect(tokenizer.idToToken(2)).toBe("<pad>");
    expect(tokenizer.tokenToId("absent")).toBeUndefined();
    expect(tokenizer.idToToken(262)).toBeUndefined();
  });

  it("gives every text back, spaces before punctuation included", async () => {
    const tokenizer = await open({});
    for (const text of ["to be , or not .", "", " 🙂\n\té", "it 's n't"])
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(
      (await open({ clean_up_tokenization_spaces: true })).decode(tokenizer.encode("be .")),
    ).toBe("be.");
  });

  it("takes any list of ids, and skips special tokens when told to", async () => {
    const tokenizer = await open({});
    const ids = Int32Array.from(tokenizer.encode("<s>to be</s>"));
    expect(ids[0]).toBe(0);
    expect(tokenizer.decode(ids)).toBe("<s>to be</s>");
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe("to be");
  });

  it("lets add_bos_token and add_eos_token decide what surrounds a text", async () => {
    const roles = { bos_token: "<s>", eos_token: "</s>" };
    const plain = (await open(roles)).encode("be");
    expect((await open({ ...roles, add_bos_token: true })).encode("be")).toEqual([0, ...plain]);
    expect(
      (await open({ ...roles, add_bos_token: true, add_eos_token: true })).encode("be"),
    ).toEqual([0, ...plain, 1]);
    const around = await open({ ...roles, add_bos_token: true });
    expect(around.encode("be", { addSpecialTokens: false })).toEqual(plain);
    expect(around.encode("")).toEqual([0]);
  });

  it("keeps what the post-processor adds unless the configuration says otherwise", async () => {
    const options = {
      vocabSize: 258,
      specialTokens: ["<s>", "</s>"],
      bosToken: "<s>",
      eosToken: "</s>",
    };
    const surrounded = await trainBpe(["x"], options);
    const x = surrounded.model.vocab.x!;
    expect((await open({ bos_token: "<s>" }, surrounded)).encode("x")).toEqual([0, x, 1]);
    expect(
      (await open({ bos_token: "<s>", add_bos_token: false }, surrounded)).encode("x"),
    ).toEqual([x, 1]);
  });

  it("adds tokens that only the configuration lists", async () => {
    const tokenizer = await open({
      added_tokens_decoder: { "262": { content: "<new>", special: true } },
    });
    expect(tokenizer.encode("to<new>")).toContain(262);
    expect(tokenizer.vocabSize).toBe(263);
  });

  it("decodes ids that only pad a model's vocabulary as nothing", async () => {
    const plain = await open({});
    const [to, be] = [plain.encode("to"), plain.encode(" be")];
    expect(plain.decode([999, ...to, 70_000, ...be, 999])).toBe("to be");
    expect(plain.decode([999])).toBe("");
  });

  it("rejects what is no id, unknown kinds of tokenizer and roles outside the vocabulary", async () => {
    const plain = await open({});
    for (const wrong of [-1, 0.5, Number.NaN])
      expect(() => plain.decode([wrong])).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
    await expect(open({ bos_token: "<bos>" })).rejects.toThrow(
      expect.objectContaining({ code: "ERR_CONFIG" }),
    );
    await expect(open({}, { model: { type: "Nonsense" } })).rejects.toThrow(
      expect.objectContaining({ code: "ERR_FORMAT" }),
    );
  });

  it("writes conversations by its chat template", async () => {
    const chat_template =
      "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}:{{ m['content'] }}]{% endfor %}{% if add_generation_prompt %}>{% endif %}{{ mood }}";
    const tokenizer = await open({ bos_token: "<s>", chat_template });
    const messages = [{ role: "user", content: "hi" }];
    expect(tokenizer.applyChatTemplate(messages)).toBe("<s>[user:hi]");
    const options = { addGenerationPrompt: true, variables: { mood: "!" } };
    expect(tokenizer.applyChatTemplate(messages, options)).toBe("<s>[user:hi]>!");
    expect(tokenizer.applyChatTemplate(messages, { template: "{{ messages | length }}" })).toBe(
      "1",
    );
  });

  it("picks one of several named chat templates", async () => {
    const chat_template = [
      { name: "default", template: "plain" },
      { name: "tools", template: "with tools" },
    ];
    const tokenizer = await open({ chat_template });
    expect(tokenizer.applyChatTemplate([])).toBe("plain");
    expect(tokenizer.applyChatTemplate([], { template: "tools" })).toBe("with tools");
    expect(() => tokenizer.applyChatTemplate([], { template: "rag" })).toThrow(
      /"rag", only default, tools/,
    );
  });

  it("takes a chat template, or the name of one, in place of its own when it is made", async () => {
    const made = await open({}, json, { template: "{{ messages | length }}" });
    expect(made.applyChatTemplate([{ role: "user", content: "hi" }])).toBe("1");
    expect(made.applyChatTemplate([], { template: "{{ 2 }}" })).toBe("2");
    const chat_template = [
      { name: "default", template: "plain" },
      { name: "tools", template: "with tools" },
    ];
    const named = await open({ chat_template }, json, { template: "tools" });
    expect(named.applyChatTemplate([])).toBe("with tools");
    expect(named.applyChatTemplate([], { template: "default" })).toBe("plain");
  });

  it("loads no renderer without a template, and says where to give one", async () => {
    const plain = await open({});
    expect(() => plain.applyChatTemplate([], { template: "{{ 1 }}" })).toThrow(
      /made without a chat template; give one as `template` to createTokenizer or loadTokenizer/,
    );
  });

  it("says when there is no chat template or when it fails", async () => {
    const plain = await open({});
    expect(() => plain.applyChatTemplate([])).toThrow(
      expect.objectContaining({ code: "ERR_MISSING" }),
    );
    const failing = await open({ chat_template: "{{ raise_exception('roles must alternate') }}" });
    expect(() => failing.applyChatTemplate([])).toThrow(/roles must alternate/);
    expect(() => failing.applyChatTemplate([])).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT" }),
    );
  });
});
