import type { Handler } from "../../src";
import { get, type Json, post } from "./ask";

/** A body that arrives in pieces, one per turn of the event loop. */
export function arriving(path: string, body: object, pieceBytes = 4096): Request {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve));
      controller.enqueue(bytes.subarray(at, at + pieceBytes));
      at += pieceBytes;
      if (at >= bytes.length) controller.close();
    },
  });
  return new Request(`http://127.0.0.1${path}`, {
    method: "POST",
    body: stream,
    headers: { "content-type": "application/json" },
    duplex: "half",
  } as RequestInit);
}

const small = (i: number) => ({ model: "tiny", prompt: `${i}`, max_tokens: 2, temperature: 0 });

/** Twenty requests of others: most of them read and write tokens. */
const others = [
  ...Array.from({ length: 4 }, () => () => get("/health")),
  ...Array.from({ length: 4 }, () => () => get("/v1/models")),
  ...Array.from({ length: 6 }, (_, i) => () => post("/v1/completions", small(i))),
  ...Array.from({ length: 6 }, (_, i) => () => {
    const messages = [{ role: "user", content: `${i}` }];
    return post("/v1/chat/completions", { model: "tiny", messages, max_tokens: 2 });
  }),
];

/** The answer to a long request, and the turns of the event loop after which it and those of others came. */
export interface Company {
  status: number;
  body: Json;
  /** Turns until the long request was answered. */
  long: number;
  /** Turns until each other request was answered; all have status 200. */
  others: number[];
}

/** Asks a long request, and twenty others behind it. */
export async function inCompany(handler: Handler, request: Request): Promise<Company> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const long = handler(request).then((response) => ({ response, turns }));
  const short = others.map(async (one) => {
    const response = await handler(one());
    if (response.status !== 200) throw new Error(await response.text());
    return turns;
  });
  const [answered, found] = await Promise.all([long, Promise.all(short)]);
  isOver = true;
  const { response } = answered;
  const body = await response.json();
  return { status: response.status, body, long: answered.turns, others: found };
}
