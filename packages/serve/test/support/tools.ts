import {
  type Batcher,
  CausalLM,
  createBatcher,
  createTokenizer,
  parseConfig,
  type Tokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import type { ServedModel } from "../../src";

/** A template that writes tools, calls and results as Hermes' and Qwen's do. */
export const hermesTemplate = [
  '{% if tools %}{% for t in tools %}{{ t | tojson }}{% endfor %}{{ "<|im_end|>" }}{% endif %}',
  "{% for m in messages %}",
  '{{ "<|im_start|>" + m.role + ": " + m.content }}',
  '{% for c in m.tool_calls or [] %}{{ "\\n<tool_call>\\n" }}{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}{{ "\\n</tool_call>" }}{% endfor %}',
  '{{ "<|im_end|>" }}{% endfor %}',
  '{% if add_generation_prompt %}{{ "<|im_start|>assistant: " }}{% endif %}',
].join("");

/** A tokenizer of bytes whose template takes tools. */
export async function toolTokenizer(): Promise<Tokenizer> {
  const specialTokens = ["<s>", "</s>", "<|im_start|>", "<|im_end|>"];
  const vocabSize = 256 + specialTokens.length;
  const json = (await trainBpe(["a"], {
    vocabSize,
    specialTokens,
    minFrequency: 1,
  })) as unknown as { added_tokens: object[] };
  const marks = ["<tool_call>", "</tool_call>"];
  const added = marks.map((content, i) => ({ id: vocabSize + i, content, special: false }));
  const tokenizer = { ...json, added_tokens: [...json.added_tokens, ...added] };
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: hermesTemplate };
  return createTokenizer({ tokenizer, config });
}

/** A model of random weights for such a tokenizer. */
export function randomModel({ vocabSize }: Tokenizer, context = 2048): CausalLM {
  const config = tinyConfig("llama", {
    vocab_size: vocabSize,
    max_position_embeddings: context,
    bos_token_id: 0,
    eos_token_id: 1,
  });
  return new CausalLM(parseConfig(config), { generator: new Generator(1) }).eval();
}

/**
 * A model that answers each prompt as a script says, where its masks let it: what they forbid it cannot write, and where it leaves
 * the script it writes what is likely.
 */
export async function scripted(script: (prompt: string) => string): Promise<ServedModel> {
  const tokenizer = await toolTokenizer();
  const inner = createBatcher(randomModel(tokenizer), { maxSequences: 4 });
  const batcher: Batcher = {
    generate(request) {
      const text = script(tokenizer.decode(request.prompt));
      const ids = [...tokenizer.encode(text, { addSpecialTokens: false }), tokenizer.eosTokenId!];
      const force = (all: ArrayLike<number>, logits: Float32Array) => {
        const next = ids[all.length - request.prompt.length];
        if (next !== undefined && logits[next]! > Number.NEGATIVE_INFINITY) logits[next] = 1e6;
        return logits;
      };
      return inner.generate({ ...request, logitsProcessors: [force] });
    },
    numbers: () => inner.numbers(),
    close: () => inner.close(),
  };
  return { tokenizer, batcher, contextLength: 2048 };
}

/** A call as Hermes' form writes it. */
export const written = (name: string, args: unknown) =>
  `<tool_call>\n{"name": "${name}", "arguments": ${JSON.stringify(args)}}\n</tool_call>`;

/** Two tools. */
export const tools = [
  {
    type: "function" as const,
    function: {
      name: "weather",
      description: "The weather of a city",
      parameters: {
        type: "object",
        properties: { city: { type: "string", maxLength: 12 } },
        required: ["city"],
        additionalProperties: false,
      },
    },
  },
  {
    type: "function" as const,
    function: {
      name: "add",
      parameters: {
        type: "object",
        properties: { a: { type: "integer" }, b: { type: "integer" } },
        required: ["a", "b"],
        additionalProperties: false,
      },
    },
  },
];

/** Calls both tools, and once it has their results it tells them. */
export function agent(prompt: string): string {
  const results = [...prompt.matchAll(/tool: (.*?)<\|im_end\|>/g)].map((match) => match[1]);
  if (results.length > 1) return `It is ${results.join(" and ")}.`;
  return `I look.\n${written("weather", { city: "Rome" })}\n${written("add", { a: 2, b: 3 })}`;
}
