import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressField, isAllowed, parseAddress } from "../../src/model/parse-address";
import { readState, writeState } from "../../src/state/address-state";

const fields = { address: addressField };

/** Addresses of all kinds, some of them allowed. */
const address = fc
  .record({
    scheme: fc.constantFrom("https", "http", "ftp", "javascript", "blob", "data", "HTTPS"),
    user: fc.constantFrom("", "me@", "me:secret@", ":@"),
    host: fc.constantFrom(
      "example.org",
      "localhost",
      "127.0.0.1",
      "127.0.0.1.example.org",
      "[::1]",
    ),
    port: fc.constantFrom("", ":8080", ":443"),
    path: fc.webPath(),
    rest: fc.constantFrom("", "?key=1", "#part", "/", "//", "?"),
  })
  .map(
    ({ scheme, user, host, port, path, rest }) => `${scheme}://${user}${host}${port}${path}${rest}`,
  );

describe("an address of a model", () => {
  it("is allowed only where it is encrypted or of this machine, without credentials, whatever was typed", () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.string({ unit: "binary" }), fc.webUrl()), (text) => {
        const parsed = parseAddress(text);
        if ("problem" in parsed) {
          expect(parsed.problem).toMatch(/^[A-Z].*\.$/);
          return;
        }
        const url = new URL(parsed.address);
        expect(isAllowed(url)).toBe(true);
        expect(url.host).toBe(parsed.host);
        expect([url.username, url.password, url.search, url.hash]).toEqual(["", "", "", ""]);
        expect(url.protocol === "https:" || /^(localhost|127\.0\.0\.1)$/.test(url.hostname)).toBe(
          true,
        );
        expect(parseAddress(parsed.address)).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });

  it("comes back from the page's address as it was written", () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.webUrl(), fc.string()), (text) => {
        const { state } = readState(fields, `#${new URLSearchParams({ address: text })}`);
        expect(readState(fields, writeState(fields, state))).toEqual({ state, problems: [] });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["https://example.org/model/", { address: "https://example.org/model", host: "example.org" }],
    [" http://LOCALHOST:8080/a/ ", { address: "http://localhost:8080/a", host: "localhost:8080" }],
    ["https://EXAMPLE.org", { address: "https://example.org", host: "example.org" }],
    [
      "https://exämple.org/m",
      { address: "https://xn--exmple-cua.org/m", host: "xn--exmple-cua.org" },
    ],
  ])("of %s is that of its folder, and its host is shown as it is asked", (text, parsed) => {
    expect(parseAddress(text)).toEqual(parsed);
  });

  it.each([
    ["", /^Type the address/],
    ["model", /no address/],
    ["http://example.org/model", /^Only https/],
    ["http://127.0.0.1.example.org/model", /^Only https/],
    ["http://[::1]/model", /^Only https/],
    ["file:///etc/passwd", /^Only https/],
    ["https://me:secret@example.org/model", /name or a password/],
    ["https://example.org/model?key=1", /without “\?”/],
    ["https://example.org/model#", /without “\?”/],
    [`https://example.org/${"a".repeat(1000)}`, /at most 1000 letters/],
  ])("of %s is not asked, with a sentence why", (text, problem) => {
    expect(parseAddress(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
