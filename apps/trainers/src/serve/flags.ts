import * as flags from "@deepgrain/command-line/flags/flags";
import { toolFormatFlag } from "@deepgrain/command-line/models/tool-format-flag";
import { dtypes } from "@deepgrain/command-line/trainings/weight-types";
import type { HandlerOptions } from "@deepgrain/serve";
import { watermarkFlags } from "./watermark-flags";

type DoorName = NonNullable<HandlerOptions["doors"]>[number];

/** The APIs that `serve` speaks; all of them, which the type checks. */
const doors = Object.keys({
  openai: 0,
  responses: 0,
  infill: 0,
  ollama: 0,
} satisfies Record<DoorName, 0>) as DoorName[];

/** The flags of `serve`. */
export const serveFlags = {
  model: flags.repeated(
    flags.model({
      required: true,
      help: "Model folder or GGUF file, after which the model is named; several share the threads out",
    }),
  ),
  alias: flags.repeated(
    flags.text({ hint: "NAME=MODEL", help: "Another name of a model; may be given several times" }),
  ),
  host: flags.text({ default: "127.0.0.1", help: "Address to listen on" }),
  port: flags.whole({ max: 65_535, default: 8000, help: "Port; 0 takes any free one" }),
  doors: flags.names(doors, {
    default: ["openai", "infill"],
    help: `APIs to answer: ${doors.join(", ")}`,
  }),
  ...toolFormatFlag,
  dtype: flags.choice(dtypes, { default: "auto", help: "Type of the weights in memory" }),
  maxSequences: flags.whole({
    min: 1,
    default: 16,
    help: "Maximum number of concurrent continuations; others wait",
  }),
  cacheTokens: flags.whole({ min: 1, help: "Total tokens in the cache of keys and values" }),
  queue: flags.whole({ default: 64, help: "Requests that may wait; others are refused" }),
  prefixCache: flags.whole({
    default: 0,
    help: "Prompt tokens to keep for requests with the same beginning",
  }),
  maxNewTokens: flags.whole({ min: 1, help: "Maximum new tokens per answer" }),
  maxN: flags.whole({ min: 1, default: 8, help: "Maximum answers per prompt" }),
  apiKeyVariable: flags.text({
    help: "Environment variable with the API keys, separated by commas",
  }),
  key: flags.toggle({
    default: true,
    help: "Require a key if other machines can reach the server",
    negated: "Serve other machines without a key",
  }),
  allowHost: flags.repeated(
    flags.text({
      hint: "name",
      help: "Host name to answer to, besides the address and localhost; may be given several times",
    }),
  ),
  allowOrigin: flags.repeated(
    flags.text({
      hint: "origin",
      help: "Origin of web pages that may use the server, such as https://example.com; may be given several times",
    }),
  ),
  headerTimeout: flags.real({
    min: 0.05,
    default: 10,
    help: "Seconds allowed for request headers",
  }),
  maxConnections: flags.whole({ min: 1, default: 1000, help: "Maximum number of connections" }),
  drain: flags.real({ default: 30, help: "Seconds for running answers after Ctrl-C" }),
  ...watermarkFlags,
};
