import type { Json } from "./ask";
import { tools } from "./tools";

/** The two tools as the Responses API has them. */
export const flatTools = tools.map(({ type, function: about }) => ({
  type,
  strict: true,
  ...about,
}));

/** The events of a stream, read strictly: the name of each is its type, and they are numbered from 0. */
export async function eventsOf(response: Response): Promise<Json[]> {
  const text = await response.text();
  if (!text.endsWith("\n\n")) throw new Error("the stream ends inside an event");
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((event, i) => {
      const match = /^event: (\S+)\ndata: ([^\n]*)$/.exec(event);
      if (!match) throw new Error(`not an event: ${event}`);
      const data = JSON.parse(match[2]!);
      if (data.type !== match[1] || data.sequence_number !== i)
        throw new Error(`event ${i} has another name or number: ${event}`);
      return data;
    });
}

/** Items without what differs from answer to answer. */
export const nameless = (output: Json[]): Json[] =>
  output.map(({ id, call_id, ...item }) => {
    if (!/^(msg|fc|rs)_[0-9a-f]{32}$/.test(id)) throw new Error(`not an id: ${id}`);
    return item;
  });

/** The items that a stream's deltas come to; a call without its end is none. */
export function joined(events: Json[]): Json[] {
  const items: Json[] = [];
  for (const event of events) {
    const item = items[event.output_index];
    if (event.type === "response.output_item.added") items[event.output_index] = { ...event.item };
    else if (event.type === "response.content_part.added") item.content = [{ ...event.part }];
    else if (event.type === "response.reasoning_summary_part.added")
      item.summary = [{ ...event.part }];
    else if (event.type === "response.output_text.delta") item.content[0].text += event.delta;
    else if (event.type === "response.reasoning_summary_text.delta")
      item.summary[0].text += event.delta;
    else if (event.type === "response.function_call_arguments.delta") item.arguments += event.delta;
    else if (event.type === "response.output_item.done") item.status = event.item.status;
  }
  return items.filter(({ status }) => status !== "in_progress");
}
