import { Template } from "@huggingface/jinja";
import { describe, expect, it } from "vitest";
import { chatTemplate, rendererFor } from "../../src/tokenizer/chat-template";

const renderer = await rendererFor("any");

const messages = [
  { role: "system", content: "Be kind.\nBe brief." },
  { role: "user", content: "Hi <b>" },
  { role: "assistant", content: "Hello", tool_calls: [{ name: "f", arguments: { x: 1, y: [2] } }] },
];

/** Forms that published chat templates use. */
const templates = [
  "{% for m in messages %}<|{{ m.role }}|>{{ m['content'] | trim }}{% if not loop.last %}\n{% endif %}{% endfor %}",
  "{%- set ns = namespace(last=-1) %}{%- for m in messages %}{%- if m.role == 'user' %}{%- set ns.last = loop.index0 %}{%- endif %}{%- endfor %}{{ ns.last }}",
  "{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% endif %}{{ rest | length }}{{ rest[0]['content'].split('<')[0] }}",
  "{% macro show(m, tag='x') %}<{{ tag }}>{{ m.content }}</{{ tag }}>{% endmacro %}{{ show(messages[1]) }}{{ show(messages[2], tag='y') }}",
  "{{ messages[2].tool_calls | tojson }}{{ messages[2] | tojson(indent=2) }}",
  "{{ messages | map(attribute='role') | join(', ') }}{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
  "{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(5, 1, -2) %}{{ i }}{% endfor %}",
  "{{ messages[0].content | indent(4) | replace('Be', 'Stay') }}{{ 'a-b'.replace('-', '+') }}",
  "{% for k, v in messages[2].tool_calls[0].arguments.items() %}{{ k }}={{ v }};{% endfor %}",
  "{{ None is none }}{{ True }}{{ undefined_name is defined }}{{ 'x' ~ 3 }}{{ [1, 2] + [3] }}{{ {'a': 1} }}",
  "{% set text %}{{ messages[0].content }}!{% endset %}{{ text }}{% for x in [3, 1, 2] | sort %}{{ x }}{% endfor %}",
  "{{ strftime_now('%Y') | length }}{{ bos_token }}{{ add_generation_prompt }}",
  "{% generation %}{{ 1 }}{% endgeneration %}",
];

const never = [
  "{% for i in range(1000000000) %}{% endfor %}",
  "{% for i in range(1000000000) %}x{% endfor %}",
  "{% set a = range(1000) %}{% for i in a %}{% for j in a %}{% for k in a %}{% endfor %}{% endfor %}{% endfor %}",
  "{% set a = range(100000) %}{% for i in range(100000) %}{{ (a | sort)[0] }}{% endfor %}",
  "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x='ab') %}{% for i in range(20) %}{% set ns.x = ns.x.replace('', ns.x) %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x='ab') %}{% for i in range(20) %}{% set ns.x = ns.x | replace('', ns.x) %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x='ab') %}{% for i in range(22) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ range(100000) | join(ns.x) }}",
  "{{ 'a\nb' | indent(400000000) }}",
  "{{ [[1]] | tojson(indent=400000000) }}",
  "{% set ns = namespace(x=1) %}{% set ns.x = ns %}{{ ns | tojson }}",
  "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
  `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`,
  `{{ ${"[".repeat(50_000)}${"]".repeat(50_000)} }}`,
  `{% set a = range(1000) %}${"{% for i in a %}".repeat(50)}x${"{% endfor %}".repeat(50)}`,
  "{% set a = range(100000) %}{% for i in range(100000) %}{% set y %}{{ a }}{% endset %}{% endfor %}",
];

const dates = [
  "{% for i in range(20000) %}{{ strftime_now('%Y%m%d%H%M%S') }}{% endfor %}",
  "{% set ns = namespace(x='%B%b') %}{% for i in range(20) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ strftime_now(ns.x) }}",
];

/** Loops that end early, and what Python's jinja2 writes. */
const interruptedLoops: [string, string][] = [
  ["{% for i in range(5) %}{{ i }}{% if i == 2 %}!{% break %}{% endif %},{% endfor %}.", "0,1,2!."],
  [
    "{% for i in range(4) %}{{ i }}{% if i % 2 %}{% continue %}{% endif %},{% endfor %}.",
    "0,12,3.",
  ],
  ["{% for i in range(3) %}a{{ i }}{% break %}b{% endfor %}c", "a0c"],
  [
    "{% for i in range(2) %}{% for j in range(3) %}{{ i }}{{ j }}{% if j == 1 %}{% break %}{% endif %};{% endfor %}|{% endfor %}",
    "00;01|10;11|",
  ],
  ["{% for i in range(2) %}x{% continue %}{% else %}none{% endfor %}", "xx"],
  [
    "{% for i in range(3) %}{% if i %}{% if true %}<{{ i }}{% break %}{% endif %}>{% endif %}{% endfor %}",
    "<1",
  ],
  [
    "{% macro f(n) %}{% for i in range(n) %}{{ i }}{% break %}{% endfor %}{% endmacro %}{{ f(2) }}{{ f(1) }}",
    "00",
  ],
  [
    "{% for i in range(100) %}{{ i }}{% if i == 70 %}{% break %}{% endif %} {% endfor %}",
    `${Array.from({ length: 70 }, (_, i) => `${i} `).join("")}70`,
  ],
];

describe("chat templates", () => {
  it.each(interruptedLoops)("keep the text before break and continue: %s", (template, text) => {
    expect(chatTemplate({ chat_template: template }, { renderer })([])).toBe(text);
  });

  it.each(templates)("give what the library gives: %s", (template) => {
    const variables = { bos_token: "<s>", add_generation_prompt: false };
    const outcome = (render: () => string) => {
      try {
        return render();
      } catch (error) {
        return String((error as Error).message).replace("lm/applyChatTemplate: ", "");
      }
    };
    const expected = outcome(() => new Template(template).render({ ...variables, messages }));
    const own = outcome(() =>
      chatTemplate({ bos_token: "<s>" }, { renderer })(messages, {
        template: `${template}{{ '' }}`,
      }),
    );
    expect(own).toBe(expected);
  });

  it.each(never)("give up %.60s", (template) => {
    expect(() => chatTemplate({ chat_template: template }, { renderer })(messages, {})).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_(FORMAT|LIMIT)$/) }),
    );
  });

  it.each(dates)("count what a date costs: %s", (template) => {
    const render = chatTemplate({ chat_template: template }, { renderer });
    expect(() => render(messages)).toThrow(
      expect.objectContaining({
        code: "ERR_LIMIT",
        message:
          "lm/applyChatTemplate: the input takes more than 1500000 steps, the limit of budget.steps",
        fields: { door: "applyChatTemplate", kind: "steps", limit: 1_500_000 },
      }),
    );
  });

  it.each([
    [`${"x".repeat(2 ** 18)}y`, "ERR_LIMIT", "more than 262144 bytes"],
    [`x${" ".repeat(100_000)}y`, "ERR_FORMAT", "more than 256 blanks in a row"],
    [`{%${"\n".repeat(100_000)}generation`, "ERR_FORMAT", "more than 256 blanks in a row"],
  ])("are no longer than published ones: %.20s", (template, code, message) => {
    expect(() => chatTemplate({ chat_template: template }, { renderer })(messages)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it("stay usable after a budget was used up, and take only limits that are some", () => {
    const render = chatTemplate({ chat_template: "{{ messages | length }}" }, { renderer });
    expect(() => render(messages, { budget: { steps: 1 } })).toThrow("more than 1 steps");
    expect(render(messages)).toBe("3");
    for (const steps of [0, -1, 0.5, Infinity])
      expect(() => render(messages, { budget: { steps } })).toThrow(
        expect.objectContaining({ code: "ERR_RANGE" }),
      );
  });

  it("render long conversations within the default limit, and say which limit was passed", () => {
    const long = Array.from({ length: 2000 }, (_, i) => ({
      role: i % 2 ? "assistant" : "user",
      content: "word ".repeat(200),
    }));
    const template =
      "{% for m in messages %}{% if loop.index0 > 0 and messages[loop.index0 - 1].role == m.role %}{{ raise_exception('alternate') }}{% endif %}[{{ m.role }}] {{ m.content | trim }}\n{% endfor %}";
    expect(chatTemplate({ chat_template: template }, { renderer })(long)).toHaveLength(2_019_000);
    expect(() =>
      chatTemplate({ chat_template: template }, { renderer })(long, { budget: { steps: 5000 } }),
    ).toThrow("more than 5000 steps");
  });

  it("refuse a list of templates with something else in it", () => {
    for (const chat_template of [[null], [{ name: "default" }], [{ name: 1, template: "x" }], {}])
      expect(() =>
        chatTemplate({ chat_template: chat_template as never }, { renderer })([]),
      ).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});
