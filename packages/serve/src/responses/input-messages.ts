import type { ChatMessage } from "@deepgrain/lm";

/** Where a message comes from: the item that begins it, and those of its calls. */
export interface Place {
  readonly item: string;
  readonly calls: readonly string[];
}

/** The messages of a chat that items come to, each with its place. */
export interface InputMessages {
  readonly messages: readonly ChatMessage[];
  readonly places: readonly Place[];
  /** Adds a message that is none of the model's. */
  say(message: ChatMessage, place: string): void;
  /** Adds text of the model. */
  answer(content: string, place: string): void;
  /** Adds what the model thought before it answered or called. */
  think(text: string, place: string): void;
  /** Adds a call. */
  call(call: object, place: string): void;
}

/** A message of the model to which items are added. */
interface Turn {
  role: "assistant";
  content: string;
  reasoning_content?: string;
  tool_calls?: object[];
}

/** An empty conversation. Items of the model that follow one another are one message: a thought, a text, calls. */
export function inputMessages(): InputMessages {
  const messages: ChatMessage[] = [];
  const places: { item: string; calls: string[] }[] = [];
  let turn: (Turn & ChatMessage) | undefined;
  let isTextGiven = false;
  const add = (message: ChatMessage, item: string) => {
    messages.push(message);
    places.push({ item, calls: [] });
  };
  /** The model's message that goes on, or a new one. */
  const goOn = (place: string, isNew = turn === undefined) => {
    if (!isNew) return turn!;
    turn = { role: "assistant", content: "" };
    isTextGiven = false;
    add(turn, place);
    return turn;
  };
  return {
    messages,
    places,
    say(message, place) {
      turn = undefined;
      add(message, place);
    },
    answer(content, place) {
      const isNew = !turn || isTextGiven || turn.tool_calls !== undefined;
      goOn(place, isNew).content = content;
      isTextGiven = true;
    },
    think(text, place) {
      const isNew = !turn || isTextGiven || turn.tool_calls !== undefined;
      const own = goOn(place, isNew);
      const before = own.reasoning_content;
      own.reasoning_content = before === undefined ? text : `${before}\n${text}`;
    },
    call(call, place) {
      const own = goOn(place);
      own.tool_calls ??= [];
      own.tool_calls.push(call);
      places.at(-1)!.calls.push(place);
    },
  };
}
