import { train, trainOnGpu, useDefaults } from "./train.js";

function trainInWorker(options) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.error) reject(data.error);
      else resolve(data.result);
    };
    worker.postMessage(options);
  });
}

/** What the tests call. */
globalThis.site = { page: train, worker: trainInWorker, trainOnGpu, useDefaults };
