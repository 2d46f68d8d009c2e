import { defineCommand } from "@deepgrain/command-line/commands/define-command";
import { serveFlags } from "./flags";

export const serve = defineCommand({
  description:
    "Serves models to clients of OpenAI's API, of llama.cpp's /infill and of Ollama's. The first Ctrl-C lets running answers finish, the second stops them.",
  examples: [
    "serve --model runs/main/base",
    "serve --model DIR --port 0 --dtype int8 --alias gpt-4o-mini=DIR",
    "serve --model chat --model encoder --host 0.0.0.0 --allow-host gpu.local --api-key-variable API_KEYS",
    "serve --model DIR --doors openai,infill,ollama",
    "serve --model DIR --watermark kgw.json --watermark-key key.hex",
  ],
  flags: serveFlags,
  isComputing: true,
  run: async (...call) => (await import("./serve")).serve(...call),
});
