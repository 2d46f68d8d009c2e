import { afterEach, expect, it, vi } from "vitest";
import { keyOf, requireModel } from "../../src/models/endpoint-flags";
import { endpointTexts } from "../../src/models/endpoint-texts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const given = {
  endpoint: "http://127.0.0.1:1/v1",
  endpointModel: "tiny",
  apiKeyVariable: undefined,
  temperature: 0,
  maxNewTokens: 700,
};

/** Answers every request with one text. @returns the requests */
function server(answer: object) {
  const requests: { url: string; headers: Headers; body: Record<string, unknown> }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body));
    requests.push({ url, headers: new Headers(init.headers), body });
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    return Response.json({ choices: [{ finish_reason: "stop", ...answer }], usage });
  });
  return requests;
}

it("continues a prompt as it is, with as many tokens as the flag says", async () => {
  const requests = server({ text: " four" });
  const complete = endpointTexts({ ...given, chat: false });
  expect(await complete("two and two is", { seeds: [3], stop: ["\n"] })).toEqual([" four"]);
  expect(requests).toHaveLength(1);
  const { url, headers, body } = requests[0]!;
  expect(url).toBe("http://127.0.0.1:1/v1/completions");
  expect(headers.has("authorization")).toBe(false);
  expect(body).toMatchObject({
    model: "tiny",
    prompt: "two and two is",
    max_tokens: 700,
    temperature: 0,
    seed: 3,
    stop: ["\n"],
  });
});

it("asks as a user's turn, with the key of the variable", async () => {
  vi.stubEnv("TEXTS_KEY", "secret");
  const requests = server({ message: { role: "assistant", content: "4" } });
  const complete = endpointTexts({ ...given, apiKeyVariable: "TEXTS_KEY", chat: true });
  expect(await complete("2 + 2?", { seeds: [0] })).toEqual(["4"]);
  const { url, headers, body } = requests[0]!;
  expect(url).toBe("http://127.0.0.1:1/v1/chat/completions");
  expect(headers.get("authorization")).toBe("Bearer secret");
  expect(body.messages).toEqual([{ role: "user", content: "2 + 2?" }]);
  expect(keyOf({ apiKeyVariable: "TEXTS_KEY" })).toBe("secret");
});

it("wants one source, an endpoint with its model, and a variable that is set", () => {
  const none = { model: undefined, endpoint: undefined };
  const rest = { endpointModel: undefined, apiKeyVariable: undefined };
  requireModel({ ...none, ...rest, model: "folder" });
  requireModel({ ...none, ...rest, endpoint: "http://a/v1", endpointModel: "b" });
  expect(() => requireModel({ ...none, ...rest })).toThrow("give either --model or --endpoint");
  expect(() => requireModel({ ...none, ...rest, endpoint: "http://a/v1" })).toThrow(
    "--endpoint and --endpoint-model belong together",
  );
  expect(() => requireModel({ ...none, ...rest, model: "a", apiKeyVariable: "K" })).toThrow(
    "--api-key-variable needs --endpoint",
  );
  expect(() => keyOf({ apiKeyVariable: "NO_SUCH_VARIABLE" })).toThrow("has no NO_SUCH_VARIABLE");
});
