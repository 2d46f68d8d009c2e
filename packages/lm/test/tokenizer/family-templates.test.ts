import { describe, expect, it } from "vitest";
import { chatTemplate, rendererFor } from "../../src/tokenizer/chat-template";

const renderer = await rendererFor("any");

/** A conversation with a system message, and with an answer that thinks first. */
const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "1+1?" },
  { role: "assistant", content: "<think>\nOne and one.\n</think>\n\n2" },
  { role: "user", content: "And 2+2?" },
];

const thoughtless =
  "{%- macro answer(text) -%}{{ text.split('</think>')[-1].lstrip('\\n') if '</think>' in text else text }}{%- endmacro -%}";

/** Templates in the forms of the families' own, and the text that each gives, worked by hand. */
const families: Record<string, { template: string; variables?: object; text: string }> = {
  "phi-4-mini": {
    template:
      "{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|><|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}",
    text: "<|system|>Be brief.<|end|><|user|>1+1?<|end|><|assistant|><think>\nOne and one.\n</think>\n\n2<|end|><|user|>And 2+2?<|end|><|assistant|>",
  },
  "gemma-3": {
    template:
      "{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}{%- set first = messages[0]['content'] + '\n\n' -%}{%- set turns = messages[1:] -%}{%- else -%}{%- set first = '' -%}{%- set turns = messages -%}{%- endif -%}{%- for message in turns -%}{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('roles must alternate') }}{%- endif -%}{%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}{{ '<start_of_turn>' + role + '\n' + (first if loop.first else '') }}{%- if message['content'] is string -%}{{ message['content'] | trim }}{%- elif message['content'] is iterable -%}{%- for item in message['content'] -%}{{ item['text'] | trim }}{%- endfor -%}{%- endif -%}{{ '<end_of_turn>\n' }}{%- endfor -%}{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}",
    text: "<s><start_of_turn>user\nBe brief.\n\n1+1?<end_of_turn>\n<start_of_turn>model\n<think>\nOne and one.\n</think>\n\n2<end_of_turn>\n<start_of_turn>user\nAnd 2+2?<end_of_turn>\n<start_of_turn>model\n",
  },
  olmoe: {
    template:
      "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] }}{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n' }}{% if loop.last and add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}{% endfor %}",
    text: "<s><|system|>\nBe brief.\n<|user|>\n1+1?\n<|assistant|>\n<think>\nOne and one.\n</think>\n\n2</s>\n<|user|>\nAnd 2+2?\n<|assistant|>\n",
  },
  granite: {
    template: `${thoughtless}{%- if messages[0].role == 'system' %}{%- set system = messages[0].content %}{%- set turns = messages[1:] %}{%- else %}{%- set system = 'Today is ' + strftime_now('%Y') %}{%- set turns = messages %}{%- endif %}{%- if thinking %}{%- set system = system + ' Think first.' %}{%- endif %}{{- '<|start_of_role|>system<|end_of_role|>' + system + '<|end_of_text|>\n' }}{%- for message in turns %}{%- set content = answer(message.content) if message.role == 'assistant' else message.content %}{{- '<|start_of_role|>' + message.role + '<|end_of_role|>' + content + '<|end_of_text|>\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|start_of_role|>assistant<|end_of_role|>' }}{%- endif %}`,
    variables: { thinking: true },
    text: "<|start_of_role|>system<|end_of_role|>Be brief. Think first.<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>1+1?<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>2<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>And 2+2?<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
  },
  smollm3: {
    template: `${thoughtless}{%- set mode = '/think' if enable_thinking is not defined or enable_thinking else '/no_think' %}{%- set ns = namespace(last=-1) %}{%- for message in messages | reverse %}{%- if message.role == 'user' %}{%- set ns.last = loop.revindex0 %}{%- break %}{%- endif %}{%- endfor %}{{- '<|im_start|>system\n' + mode + '\n' }}{%- if messages[0].role == 'system' %}{{- messages[0].content.rstrip() }}{%- endif %}{{- '<|im_end|>\n' }}{%- for message in messages %}{%- if message.role == 'user' %}{{- '<|im_start|>user\n' + message.content + '<|im_end|>\n' }}{%- elif message.role == 'assistant' %}{{- '<|im_start|>assistant\n' + (message.content if loop.index0 > ns.last else answer(message.content)) + '<|im_end|>\n' }}{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' + ('' if mode == '/think' else '<think>\n\n</think>\n') }}{%- endif %}`,
    variables: { enable_thinking: false },
    text: "<|im_start|>system\n/no_think\nBe brief.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n<|im_start|>user\nAnd 2+2?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n",
  },
};

describe("a template in the form of a family's own", () => {
  it.each(Object.entries(families))("writes system and thinking: %s", (_, own) => {
    const { template, variables, text } = own;
    const config = { chat_template: template, bos_token: "<s>", eos_token: "</s>" };
    const apply = chatTemplate(config, { renderer });
    expect(apply(messages, { addGenerationPrompt: true, variables: { ...variables } })).toBe(text);
  });
});
