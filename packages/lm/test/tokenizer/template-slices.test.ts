import { atOnce } from "@deepgrain/support";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepseekChatTemplate } from "../../src";
import {
  type ChatMessage,
  chatTemplate,
  chatText,
  rendererFor,
} from "../../src/tokenizer/chat-template";

const chatMl =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou help<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const templates: Readonly<Record<string, string>> = {
  deepseek: deepseekChatTemplate,
  chatMl,
  "every field of loop":
    "{% for m in messages %}{{ loop.index }}/{{ loop.length }} {{ loop.index0 }} {{ loop.revindex }} {{ loop.revindex0 }}{% if loop.first %}<{% endif %}{% if loop.last %}>{% endif %}{{ loop.previtem.content if loop.previtem is defined }}{{ loop.nextitem.content if loop.nextitem is defined else '-' }}{% endfor %}",
  "a namespace":
    "{% set ns = namespace(count=0) %}{% set list = messages %}{% for m in list %}{% set ns.count = ns.count + 1 %}{% set own = m.content %}{{ own | trim }}{% endfor %}{{ ns.count }}",
  "a condition around the loop":
    "{% if messages[0].role == 'user' %}{%- for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% elif m.role == 'assistant' %}[{{ m.content }}]{% else %}?{% endif %}\n{% endfor -%}{% else %}none{% endif %}",
  "a loop inside":
    "{% for m in messages %}{% for n in messages[:2] %}{{ loop.index }}{{ n.content }}{% endfor %}{% endfor %}",
  "a long loop inside":
    "{% for m in messages[:3] %}{% for n in messages %}{{ n.role[0] }}{% endfor %}{% endfor %}",
  "the list in its own loop":
    "{% for m in messages %}{% set messages = [1] %}{{ messages | length }}{% endfor %}{{ messages | length }}",
  "a filter": "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
  "a break":
    "{% for m in messages %}{% if loop.index > 70 %}{% break %}{% endif %}{{ m.content }}{% endfor %}",
  "a macro":
    "{% macro say(m) %}({{ m.content }}){% endmacro %}{% for m in messages %}{{ say(m) }}{% endfor %}",
  "an error":
    "{% for m in messages %}{% if m.role not in ['user', 'assistant'] %}{{ raise_exception('no ' + m.role) }}{% endif %}{% endfor %}",
};

const conversation = fc
  .array(fc.tuple(fc.constantFrom("user", "assistant", "system"), fc.string({ maxLength: 4 })), {
    minLength: 60,
    maxLength: 90,
    size: "max",
  })
  .map((list) => list.map(([role, content]): ChatMessage => ({ role, content })));

/** A text, or the error in its place. */
function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

const make = async (chat_template: string) => {
  const renderer = await rendererFor(chat_template);
  return chatTemplate({ chat_template, bos_token: "<s>", eos_token: "</s>" }, { renderer });
};

describe.each(Object.entries(templates))("a template in slices, with %s", (_, template) => {
  it("writes what it writes at once", async () => {
    const apply = await make(template);
    fc.assert(
      fc.property(conversation, fc.boolean(), (messages, addGenerationPrompt) => {
        const options = { addGenerationPrompt };
        const whole = outcome(() => apply(messages, options));
        expect(outcome(() => atOnce(chatText(apply, messages, options)))).toBe(whole);
      }),
      { numRuns: 12 },
    );
  });
});

describe("a template in slices", () => {
  const messages = Array.from({ length: 2000 }, () => ({ role: "user", content: "a" }));

  it("lets others have their turn between the messages", async () => {
    for (const template of [deepseekChatTemplate, chatMl]) {
      const work = chatText(await make(template), messages, {});
      let slices = 0;
      while (!work.next().done) slices++;
      expect(slices).toBe(messages.length / 16);
    }
  });

  it("spends about the budget that it spends at once", async () => {
    const apply = await make(deepseekChatTemplate);
    const run = (isSliced: boolean, steps: number) => {
      const options = { budget: { steps } };
      return outcome(() =>
        isSliced ? atOnce(chatText(apply, messages, options)) : apply(messages, options),
      );
    };
    const isRefused = (text: string) => /more than \d+ steps/.test(text);
    let [low, high] = [1, 1_500_000];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isRefused(run(false, middle))) low = middle + 1;
      else high = middle;
    }
    expect(isRefused(run(true, Math.floor(low * 0.95)))).toBe(true);
    expect(isRefused(run(true, Math.ceil(low * 1.5)))).toBe(false);
  });

  it("runs in one piece by a function that is not the tokenizer's", () => {
    const apply = (given: readonly ChatMessage[]) => given.map(({ content }) => content).join("");
    expect(atOnce(chatText(apply, messages, {}))).toBe("a".repeat(2000));
  });
});
