/** @file Chat templates that write calls as those of the families do; the wording around them is ours. */

/** Roles around a turn's text, and where the answer begins. */
const turns = (body: string, begin: (role: string) => string, end: string) =>
  `{% for m in messages %}${body}{% endfor %}{% if add_generation_prompt %}${begin("assistant")}{% endif %}`.replaceAll(
    "END",
    end,
  );

const im = (role: string) => `<|im_start|>${role}\n`;

/** The special tokens of each template, and those that are tokens but not special. */
export const templateTokens: Record<string, { special: string[]; added: string[] }> = {
  hermes: {
    special: ["<|im_start|>", "<|im_end|>"],
    added: ["<tool_call>", "</tool_call>", "<think>", "</think>"],
  },
  llama: {
    special: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    added: [],
  },
  mistral: { special: ["[INST]", "[/INST]", "[TOOL_CALLS]", "[TOOL_RESULTS]"], added: [] },
  deepseek: {
    special: ["<｜User｜>", "<｜Assistant｜>"],
    added: [
      "<｜tool▁calls▁begin｜>",
      "<｜tool▁calls▁end｜>",
      "<｜tool▁call▁begin｜>",
      "<｜tool▁sep｜>",
      "<｜tool▁call▁end｜>",
    ],
  },
  granite: { special: ["<|start_of_role|>", "<|end_of_role|>", "<|tool_call|>"], added: [] },
};

export const templates = {
  hermes: `{% if tools %}${im("system")}Tools:{% for t in tools %}{{ "\\n" + (t | tojson) }}{% endfor %}{{ "\\n" }}Call with <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call><|im_end|>\n{% endif %}${turns(
    `{% if m.role == "tool" %}${im("user")}<tool_response>\n{{ m.content }}\n</tool_response>END{% else %}{{ "<|im_start|>" + m.role + "\\n" + m.content }}{% for c in m.tool_calls or [] %}{{ "\\n<tool_call>\\n" }}{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}{{ "\\n</tool_call>" }}{% endfor %}END{% endif %}`,
    im,
    "<|im_end|>\n",
  )}`,
  llama: turns(
    `{{ "<|start_header_id|>" + (m.role if m.role != "tool" else "ipython") + "<|end_header_id|>\\n\\n" }}{% if loop.first and tools %}{% for t in tools %}{{ t | tojson }}\n{% endfor %}{% endif %}{% if m.tool_calls %}{"name": "{{ m.tool_calls[0].function.name }}", "parameters": {{ m.tool_calls[0].function.arguments | tojson }}}{% else %}{{ m.content }}{% endif %}END`,
    (role) => `{{ "<|start_header_id|>${role}<|end_header_id|>\\n\\n" }}`,
    "<|eot_id|>",
  ),
  mistral: turns(
    `{% if m.role == "user" %}{% if tools %}[AVAILABLE_TOOLS] {{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}[INST] {{ m.content }}[/INST]{% elif m.role == "tool" %}{% if m.tool_call_id | length != 9 %}{{ raise_exception("an id has 9 signs") }}{% endif %}[TOOL_RESULTS] {"content": {{ m.content }}, "call_id": "{{ m.tool_call_id }}"}[/TOOL_RESULTS]{% elif m.tool_calls %}[TOOL_CALLS] [{% for c in m.tool_calls %}{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}, "id": "{{ c.id }}"}{{ "]" if loop.last else ", " }}{% endfor %}END{% else %} {{ m.content }}END{% endif %}`,
    () => "",
    "</s>",
  ),
  deepseek: turns(
    `{% if m.role == "user" %}{% if tools %}{{ tools | tojson }}{% endif %}<｜User｜>{{ m.content }}{% elif m.role == "tool" %}<｜tool▁outputs▁begin｜>{{ m.content }}<｜tool▁outputs▁end｜>{% elif m.tool_calls %}<｜Assistant｜><｜tool▁calls▁begin｜>{% for c in m.tool_calls %}{{ "<｜tool▁call▁begin｜>" + c.type + "<｜tool▁sep｜>" + c.function.name + "\\n\`\`\`json\\n" + c.function.arguments + "\\n\`\`\`<｜tool▁call▁end｜>" }}{{ "\\n" if not loop.last }}{% endfor %}<｜tool▁calls▁end｜>END{% else %}<｜Assistant｜>{{ m.content }}END{% endif %}`,
    (role) => (role === "assistant" ? "<｜Assistant｜>" : ""),
    "</s>",
  ),
  granite: `{% if tools %}<|start_of_role|>tools<|end_of_role|>{{ tools | tojson }}\n{% endif %}${turns(
    `<|start_of_role|>{{ "tool_response" if m.role == "tool" else m.role }}<|end_of_role|>{% if m.tool_calls %}<|tool_call|>[{% for c in m.tool_calls %}{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}{{ "]" if loop.last else ", " }}{% endfor %}{% else %}{{ m.content }}{% endif %}END`,
    (role) => `<|start_of_role|>${role}<|end_of_role|>`,
    "</s>\n",
  )}`,
};
