/** @file Experiment *fim*: how often to move middles, in which form, and in which order a repository's files stand. */
import { join } from "node:path";
import {
  fim,
  fimPrompt,
  fimText,
  importsOf,
  orderRepository,
  packRepository,
} from "@deepgrain/coder";
import type { RunContext, RunEvent } from "@deepgrain/lab";
import {
  type CausalLM,
  createRandom,
  createTokenizer,
  generateBatch,
  lossByToken,
  type Tokenizer,
} from "@deepgrain/lm";
