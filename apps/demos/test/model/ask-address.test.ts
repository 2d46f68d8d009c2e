import { afterEach, describe, expect, it, vi } from "vitest";
import { askAddress } from "../../src/model/ask-address";

describe("asking an address", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** The requests that are made, each answered from `answer`. */
  function requests(answer: Partial<Response>) {
    const made: RequestInit[] = [];
    vi.stubGlobal("fetch", async (_: unknown, init: RequestInit) => {
      made.push(init);
      return answer;
    });
    return made;
  }

  it("sends no credentials and no referrer, and follows nobody to another host", async () => {
    const made = requests({ redirected: false });
    await askAddress("https://example.org/config.json", { credentials: "include" });
    expect(made).toEqual([
      { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer" },
    ]);
  });

  it("refuses an address that may not be asked, and an answer from one", async () => {
    const made = requests({ redirected: true, url: "http://example.org/config.json" });
    const refused = { name: "TypeError", message: expect.stringContaining("may not be asked") };
    await expect(askAddress("http://example.org/config.json")).rejects.toMatchObject(refused);
    await expect(askAddress(new URL("https://a:b@example.org/"))).rejects.toMatchObject(refused);
    expect(made).toEqual([]);
    const following = askAddress("https://example.org/config.json", { redirect: "follow" });
    await expect(following).rejects.toMatchObject(refused);
  });
});
