/** @file The thread that generates for `serve`: it loads a model and offers its batcher through a port. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Dtype } from "@deepgrain/command-line/trainings/weight-types";
import {
  type BatcherOptions,
  createBatcher,
  loadModel,
  loadTokenizer,
  serveBatcher,
} from "@deepgrain/lm";
import { schemaBatcher } from "@deepgrain/lm/json-schema";
import { toolBatcher } from "@deepgrain/lm/tools";
import { markBatcher } from "@deepgrain/serve";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import { openWatermark, type WatermarkChoice } from "./open-watermark";

/** The data that the thread is started with. */
export interface GenerationStart {
  folder: string;
  dtype: Dtype;
  batcher: BatcherOptions;
  watermark: WatermarkChoice;
  /** Threads of its engine; undefined for all. */
  engineThreads: number | undefined;
  port: MessagePort;
}

/** The thread's message once it is ready. */
export interface GenerationReady {
  contextLength: number;
  /** Type of the weights. */
  dtype: string;
  /** Scheme of the watermark. */
  scheme: string | undefined;
}

const given = workerData as GenerationStart;
const { folder, dtype, batcher: options, watermark: choice, port } = given;
limitThreads(given.engineThreads);
const model = (await loadModel(folder, { dtype })).eval();
const tokenizer = await loadTokenizer(folder);
const watermark = await openWatermark(choice, model, tokenizer);
const batcher = toolBatcher(schemaBatcher(createBatcher(model, options), tokenizer), tokenizer);
serveBatcher(port, watermark ? markBatcher(batcher, watermark) : batcher);
const [, matrix] = [...model.namedTensors()].find(([, { shape }]) => shape.length === 2)!;
parentPort!.postMessage({
  contextLength: model.config.maxPositionEmbeddings,
  dtype: matrix.dtype,
  scheme: watermark?.profile.scheme,
} satisfies GenerationReady);
