import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  CausalLM,
  deepseekChatTemplate,
  parseConfig,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";

/** The command `serve` as a process of its own. */
export interface ServeProcess {
  url: string;
  port: number;
  child: ChildProcess;
  /** Its standard error so far. */
  log(): string;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: string | null }>;
  kill(): Promise<void>;
}

/** Starts the command, and waits until it listens. @param main path of the bundled program */
export async function startServe(
  main: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [main, "serve", "--port", "0", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal }));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const [, found] = /^listening on (http:\S+)$/m.exec(out) ?? [];
      if (found) resolve(found);
    });
    void ended.then(({ code }) => reject(new Error(`serve ended with ${code}: ${err}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    child,
    log: () => err,
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Writes a folder with a random model of bytes. @param context tokens that it reads and writes together */
export async function saveLongModel(folder: string, context = 2048): Promise<void> {
  const specialTokens = ["<s>", "</s>"];
  const tokenizer = await trainBpe(["a"], { vocabSize: 258, specialTokens, minFrequency: 1 });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  await saveTokenizer(folder, { tokenizer, config });
  const sizes = {
    vocab_size: 258,
    max_position_embeddings: context,
    bos_token_id: 0,
    eos_token_id: 1,
  };
  const model = new CausalLM(parseConfig(tinyConfig("llama", sizes)), {
    generator: new Generator(1),
  });
  await saveModel(folder, model);
  model.dispose();
}

/** The body of a request that writes so many tokens. */
export const longText = (tokens: number, more: object = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    model: "tiny",
    prompt: "a",
    max_tokens: tokens,
    temperature: 0,
    logit_bias: { 1: -100 },
    ...more,
  }),
});

/** A number of the server's. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^deepgrain_${name}\\{[^}]*\\} (\\S+)$`, "m").exec(text)![1]);
}

/** How long a test waits for what must happen: a busy machine must not fail it. */
export const PATIENCE = { timeout: 60_000 };
