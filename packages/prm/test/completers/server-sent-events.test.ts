import fc from "fast-check";
import { expect, it } from "vitest";
import { backoffDelayMs, retryAfterMs } from "../../src/completers/retry-delay";
import { serverSentEvents } from "../../src/completers/server-sent-events";

async function* cut(text: string, sizes: readonly number[]) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  for (const size of sizes) {
    yield bytes.slice(at, at + size);
    at += size;
  }
  yield bytes.slice(at);
}

it("reads the same events however the bytes are cut", async () => {
  const text =
    ': hello\n\ndata: a\r\n\r\ndata:b\ndata: é\n\nevent: x\ndata: {"c":1}\n\ndata: unfinished';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 12 }), async (sizes) => {
      const events: string[] = [];
      for await (const event of serverSentEvents(cut(text, sizes))) events.push(event);
      expect(events).toEqual(["a", "b\né", '{"c":1}']);
    }),
  );
});

it("reads Retry-After as seconds, milliseconds and dates", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfterMs(new Headers({ "retry-after": "3" }), now)).toBe(3000);
  expect(retryAfterMs(new Headers({ "retry-after-ms": "40" }), now)).toBe(40);
  expect(retryAfterMs(new Headers({ "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT" }), now)).toBe(
    9000,
  );
  expect(retryAfterMs(new Headers({ "retry-after": "soon" }), now)).toBeUndefined();
  expect(retryAfterMs(new Headers(), now)).toBeUndefined();
});

it("doubles the pause up to a limit, with jitter of at most one half", () => {
  expect(backoffDelayMs(0, 100, 1000, () => 0)).toBe(50);
  expect(backoffDelayMs(2, 100, 1000, () => 1)).toBe(400);
  expect(backoffDelayMs(9, 100, 1000, () => 1)).toBe(1000);
});
