/** Anything that answers requests. */
type Answers = (request: Request) => Promise<Response>;

/** A request with a JSON body. */
export const post = (path: string, body: unknown, init: RequestInit = {}): Request =>
  new Request(`http://127.0.0.1${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
    headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
  });

export const get = (path: string, headers: Record<string, string> = {}): Request =>
  new Request(`http://127.0.0.1${path}`, { headers });

/** A body or a chunk of any form. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into many forms
export type Json = any;

/** The status and the parsed body of an answer. */
export async function ask(
  handler: Answers,
  request: Request,
): Promise<{ status: number; body: Json }> {
  const response = await handler(request);
  return { status: response.status, body: await response.json() };
}

/** The chunks of a stream, read strictly: one line of data per event, `[DONE]` at the end. */
export async function chunksOf(response: Response): Promise<Json[]> {
  const text = await response.text();
  if (!text.endsWith("\n\n")) throw new Error("the stream ends inside an event");
  const events = text.slice(0, -2).split("\n\n");
  const data = events.map((event) => {
    const match = /^data: ([^\n]*)$/.exec(event);
    if (!match) throw new Error(`not an event: ${event}`);
    return match[1]!;
  });
  if (data.at(-1) !== "[DONE]") throw new Error(`the stream ends with ${data.at(-1)}`);
  return data.slice(0, -1).map((line) => JSON.parse(line));
}

/** A number from `/metrics`. */
export async function metric(handler: Answers, name: string, headers = {}): Promise<number> {
  const text = await (await handler(get("/metrics", headers))).text();
  const match = new RegExp(`^deepgrain_${name}\\{[^}]*\\} (\\S+)$`, "m").exec(text);
  if (!match) throw new Error(`no ${name} in\n${text}`);
  return Number(match[1]);
}

/** How long a test waits for what must happen: a busy machine must not fail it. */
export const PATIENCE = { timeout: 60_000 };
