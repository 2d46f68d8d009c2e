import { describe, expect, it } from "vitest";
import { eventStream, openaiFraming } from "../../src/http/event-stream";
import { refusalOf } from "../../src/http/refusal-of";

const long = "a".repeat(100);

/** The stream of these objects to a reader that begins when all have been sent, and whether it counts as gone. */
async function unread(objects: object[], isRepeat: (object: object) => boolean) {
  let hasLeft = false;
  async function* events() {
    yield* objects;
  }
  const stream = eventStream(events(), {
    framing: { ...openaiFraming, isRepeat },
    bufferBytes: 250,
    onLeave() {
      hasLeft = true;
    },
    refusalOf,
  });
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  const text = await new Response(stream).text().catch(() => undefined);
  return { hasLeft, events: text?.split("\n\n").length };
}

describe("a stream that waits for its reader", () => {
  const objects = Array.from({ length: 9 }, () => ({ long }));

  it("ends where more is waiting than may", async () => {
    expect(await unread(objects, () => false)).toEqual({ hasLeft: true, events: undefined });
  });

  it("has no bound for what is said again", async () => {
    expect(await unread(objects, () => true)).toEqual({ hasLeft: false, events: 11 });
  });
});
