import type { ToolEvent } from "@deepgrain/lm/tools";

type Status = "in_progress" | "completed" | "incomplete";

/** A new id. @param prefix names the kind, such as `msg` */
export const newId = (prefix: string): string =>
  `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;

/** An item that is being written. */
interface OpenItem {
  readonly kind: "text" | "reasoning" | "call";
  /** Its first events. */
  readonly opening: readonly object[];
  /** Adds text, or a part of a call's arguments. */
  add(text: string): object;
  /** The item as it ends, and its last events. */
  end(status: Status): { readonly item: object; readonly events: readonly object[] };
}

/** The two kinds of text: their items and parts, and the names of their events. */
const textForms = {
  text: {
    prefix: "msg",
    item: (id: string, status: Status, content: object[]) => ({
      id,
      type: "message",
      status,
      role: "assistant",
      content,
    }),
    part: (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] }),
    partEvent: "response.content_part",
    textEvent: "response.output_text",
    index: { content_index: 0 },
    more: { logprobs: [] },
  },
  reasoning: {
    prefix: "rs",
    item: (id: string, status: Status, summary: object[]) => ({
      id,
      type: "reasoning",
      status,
      summary,
    }),
    part: (text: string) => ({ type: "summary_text", text }),
    partEvent: "response.reasoning_summary_part",
    textEvent: "response.reasoning_summary_text",
    index: { summary_index: 0 },
    more: {},
  },
};

const added = (output_index: number, item: object) => ({
  type: "response.output_item.added",
  output_index,
  item,
});
const done = (output_index: number, item: object) => ({
  type: "response.output_item.done",
  output_index,
  item,
});

function textItem(kind: "text" | "reasoning", output_index: number): OpenItem {
  const { prefix, item, part, partEvent, textEvent, index, more } = textForms[kind];
  const item_id = newId(prefix);
  const at = { item_id, output_index, ...index };
  let text = "";
  return {
    kind,
    opening: [
      added(output_index, item(item_id, "in_progress", [])),
      { type: `${partEvent}.added`, ...at, part: part("") },
    ],
    add(delta) {
      text += delta;
      return { type: `${textEvent}.delta`, ...at, delta, ...more };
    },
    end(status) {
      const whole = item(item_id, status, [part(text)]);
      const events = [
        { type: `${textEvent}.done`, ...at, text, ...more },
        { type: `${partEvent}.done`, ...at, part: part(text) },
        done(output_index, whole),
      ];
      return { item: whole, events };
    },
  };
}

function callItem(name: string, output_index: number): OpenItem {
  const id = newId("fc");
  const call_id = newId("call");
  let text = "";
  const at = { item_id: id, output_index };
  const item = (status: Status) => ({
    id,
    type: "function_call",
    status,
    call_id,
    name,
    arguments: text,
  });
  const ofArguments = "response.function_call_arguments";
  return {
    kind: "call",
    opening: [added(output_index, item("in_progress"))],
    add(delta) {
      text += delta;
      return { type: `${ofArguments}.delta`, ...at, delta };
    },
    end(status) {
      const whole = item(status);
      const told = { type: `${ofArguments}.done`, ...at, name, arguments: text };
      return { item: whole, events: [told, done(output_index, whole)] };
    },
  };
}

/** Writes the items of one answer. */
export interface OutputWriter {
  /** The items that have ended. */
  readonly output: readonly object[];
  /** The events of a part of the answer. */
  take(event: ToolEvent): object[];
  /** The events of the end. @param isCut whether the answer ends at its maximum of tokens */
  end(isCut: boolean): object[];
}

/**
 * Makes items of the parts of an answer: a message or a thought as long as its text goes on, and calls. A call that is cut has no
 * last events and is no item of the output; an answer without anything is an empty message.
 */
export function outputWriter(): OutputWriter {
  const output: object[] = [];
  let begun = 0;
  let open: OpenItem | undefined;
  const close = (status: Status): readonly object[] => {
    const ended = open?.end(status);
    open = undefined;
    if (ended) output.push(ended.item);
    return ended?.events ?? [];
  };
  /** Ends what is before something else: text is whole then, a call is none. */
  const leave = (status: Status = "completed") => {
    if (open?.kind === "call") open = undefined;
    return close(status);
  };
  const begin = (make: (at: number) => OpenItem): readonly object[] => {
    const before = leave();
    open = make(begun++);
    return [...before, ...open.opening];
  };
  return {
    output,
    take(event) {
      if (event.type === "call-start") return [...begin((at) => callItem(event.name, at))];
      if (event.type === "call-end") return [...close("completed")];
      const kind = event.type === "call-delta" ? "call" : event.type;
      const before =
        kind === "call" || open?.kind === kind ? [] : begin((at) => textItem(kind, at));
      return [...before, open!.add(event.text)];
    },
    end(isCut) {
      const status = isCut ? "incomplete" : "completed";
      const before = begun === 0 ? begin((at) => textItem("text", at)) : [];
      return [...before, ...leave(status)];
    },
  };
}
