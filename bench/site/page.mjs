// The page on which visitors measure their own graphics card.
import { describeAdapter } from "../webgpu/adapter.mjs";
import { bestRates } from "../webgpu/allowed-time.mjs";
import {
  adapterSentence,
  allowedRows,
  failures,
  markdownReport,
  ownColumns,
  ratesSentence,
  timesRows,
} from "../webgpu/report.mjs";
import { webgpuSizes } from "../webgpu/sizes.mjs";
import { caseCount, measureAll, outcomeOf, progressOf } from "./measure-all.mjs";
import { measureInWorker, threadsHere } from "./measure-in-worker.mjs";
import { items, marked, table } from "./view.mjs";
import { withoutWebGpu } from "./without-web-gpu.mjs";

const WORKER = new URL("./worker.js", import.meta.url);
const at = (id) => document.getElementById(id);
const threads = threadsHere();
const columns = ownColumns(threads);

/** The adapter, once it is known, and what was measured of it. */
const state = { found: undefined, sizes: webgpuSizes.hardware, lines: [] };

function showResults() {
  const { lines, sizes } = state;
  at("results").hidden = lines.length === 0;
  at("times").replaceChildren(table(timesRows(lines, { sizes, columns })));
  at("failures").replaceChildren(...items(failures(lines)));
  at("rates").replaceChildren(...marked(ratesSentence(lines)));
  at("allowed").replaceChildren(table(allowedRows(lines, sizes)));
}

function showProgress() {
  const { lines, sizes } = state;
  at("status").textContent = progressOf(lines.length, sizes);
  at("bar").max = caseCount(sizes);
  at("bar").value = lines.length;
}

/** Which controls can be used while something is measured, and when nothing is. */
function setMeasuring(isMeasuring) {
  at("measure").disabled = isMeasuring;
  at("use-all-cores").disabled = isMeasuring;
  at("stop").hidden = !isMeasuring;
  at("bar").hidden = !isMeasuring;
  at("copied").textContent = "";
  at("text").hidden = true;
  at(isMeasuring ? "stop" : "measure").focus();
}

async function measure() {
  const { isSoftware } = state.found;
  const hardware = isSoftware ? "software" : "hardware";
  const stopping = new AbortController();
  const { signal } = stopping;
  const stop = () => stopping.abort(new Error("stopped"));
  state.lines = [];
  setMeasuring(true);
  showResults();
  showProgress();
  at("stop").addEventListener("click", stop);
  await measureAll({
    sizes: state.sizes,
    measure: (kind, tell) => measureInWorker(WORKER, { kind, hardware, threads }, { tell, signal }),
    tell(line) {
      state.lines.push(line);
      showResults();
      showProgress();
    },
    signal,
  });
  at("stop").removeEventListener("click", stop);
  setMeasuring(false);
  at("status").textContent = outcomeOf(state.lines, state.sizes, signal.aborted);
}

/** Puts a text onto the clipboard, or shows it where that is refused. */
async function copy(name, text) {
  at("text").hidden = true;
  try {
    await navigator.clipboard.writeText(text);
    at("copied").textContent = `Copied the ${name}.`;
  } catch {
    at("copied").textContent = `The browser refuses to copy: take the ${name} from here.`;
    at("text").value = text;
    at("text").hidden = false;
    at("text").select();
  }
}

const clock = () =>
  state.found.isSoftware ? "ms by the wall's clock (SOFTWARE adapter, sizes cut)" : "ms";

function markdown() {
  const report = markdownReport({ ...state, columns, clock: clock() });
  return `${report}\n\nBrowser: ${navigator.userAgent}\n`;
}

function json() {
  const { found, lines } = state;
  const browser = navigator.userAgent;
  const ratesPerMs = bestRates(lines);
  return JSON.stringify({ bench: "webgpu", ...found, threads, browser, ratesPerMs, lines });
}

/** Asks before a software adapter is measured. */
function ask() {
  at("confirmation").hidden = false;
  at("confirmation").focus();
}

function answer(isConfirmed) {
  at("confirmation").hidden = true;
  if (isConfirmed) void measure();
  else at("measure").focus();
}

async function useAllCores() {
  const { serviceWorker } = navigator;
  try {
    await serviceWorker.register(new URL("isolation.js", document.baseURI));
    await serviceWorker.ready;
    location.reload();
  } catch ({ message }) {
    at("status").textContent = `The service worker could not be installed: ${message}`;
  }
}

/** Says which adapter there is, and lets it be measured. */
async function open() {
  const { gpu } = navigator;
  state.found = await describeAdapter(gpu).catch(() => undefined);
  if (!state.found) {
    at("adapter").className = "problem";
    at("adapter").textContent = withoutWebGpu({
      isSecure: isSecureContext,
      hasWebGpu: gpu !== undefined,
    });
    return;
  }
  const { adapter, isSoftware } = state.found;
  at("adapter").textContent = isSoftware
    ? `The browser offers “${adapter}”, which is software: it computes on the processor.`
    : `Your graphics card, as the browser names it: “${adapter}”.`;
  at("limits-text").textContent = adapterSentence(state.found);
  at("limits").hidden = false;
  if (isSoftware) {
    state.sizes = webgpuSizes.software;
    at("duration").textContent = "about two minutes";
  }
  at("cores").hidden = threads > 1 || !navigator.serviceWorker;
  at("measure").disabled = false;
}

at("measure").addEventListener("click", () => (state.found.isSoftware ? ask() : void measure()));
at("confirm").addEventListener("click", () => answer(true));
at("cancel").addEventListener("click", () => answer(false));
at("use-all-cores").addEventListener("click", useAllCores);
at("copy-markdown").addEventListener("click", () => copy("Markdown", markdown()));
at("copy-json").addEventListener("click", () => copy("JSON", json()));
void open();
