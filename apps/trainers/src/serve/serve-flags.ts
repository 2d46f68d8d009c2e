import * as flags from "../cli/flags";
import { dtypes } from "../run/weight-types";
import { watermarkFlags } from "./watermark-flags";

/** The flags of `serve`. */
export const serveFlags = {
  model: flags.repeated(
    flags.folder({
      required: true,
      help: "Model folder; its name is the model's; may be given several times",
    }),
  ),
  alias: flags.repeated(
    flags.text({ hint: "NAME=MODEL", help: "Another name of a model; may be given several times" }),
  ),
  host: flags.text({ default: "127.0.0.1", help: "Address to listen on" }),
  port: flags.whole({ max: 65_535, default: 8000, help: "Port; 0 takes any that is free" }),
  dtype: flags.choice(dtypes, { default: "auto", help: "Type of the weights in memory" }),
  maxSequences: flags.whole({
    min: 1,
    default: 16,
    help: "Continuations that run at once; others wait",
  }),
  cacheTokens: flags.whole({ min: 1, help: "Tokens in the cache of keys and values, of all" }),
  queue: flags.whole({ default: 64, help: "Requests that may wait; others are refused" }),
  prefixCache: flags.whole({
    default: 0,
    help: "Tokens of prompts that are kept for requests that begin alike",
  }),
  maxNewTokens: flags.whole({ min: 1, help: "Most new tokens of an answer" }),
  maxN: flags.whole({ min: 1, default: 8, help: "Most answers to one prompt" }),
  keyEnv: flags.text({
    hint: "name",
    help: "Environment variable with the API keys, separated by commas",
  }),
  key: flags.toggle({
    default: true,
    help: "Ask for a key where other machines can reach the server",
    negated: "Serve other machines without a key",
  }),
  allowHost: flags.repeated(
    flags.text({
      hint: "name",
      help: "Host name that is answered beside the address and localhost; may be given several times",
    }),
  ),
  allowOrigin: flags.repeated(
    flags.text({
      hint: "origin",
      help: "Web pages that may ask, as https://example.com; may be given several times",
    }),
  ),
  headerTimeout: flags.real({ min: 0.05, default: 10, help: "Seconds for a request's headers" }),
  maxConnections: flags.whole({ min: 1, default: 1000, help: "Connections at once" }),
  drain: flags.real({ default: 30, help: "Seconds for running answers after Ctrl-C" }),
  ...watermarkFlags,
};
