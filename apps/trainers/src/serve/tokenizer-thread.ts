/** @file The thread that encodes prompts for `serve`: it holds a tokenizer and nothing else. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { createPromptEncoder, loadTokenizer, servePromptEncoder } from "@deepgrain/lm";

/** The data that the thread is started with. */
export interface TokenizerStart {
  folder: string;
  port: MessagePort;
}

const { folder, port } = workerData as TokenizerStart;
servePromptEncoder(port, createPromptEncoder(await loadTokenizer(folder)));
parentPort!.postMessage("ready");
