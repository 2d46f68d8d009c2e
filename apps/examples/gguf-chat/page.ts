import type { ChatMessage } from "@deepgrain/lm";
import type { Reply, Request } from "./messages";

const find = <Found extends Element>(selector: string) => document.querySelector<Found>(selector)!;

const picker = find<HTMLInputElement>("input[type=file]");
const status = find<HTMLOutputElement>("output");
const list = find<HTMLOListElement>("ol");
const form = find<HTMLFormElement>("form");
const question = find<HTMLInputElement>("input[name=question]");
const send = find<HTMLButtonElement>("button[type=submit]");
const stop = find<HTMLButtonElement>("button[type=button]");

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const ask = (request: Request) => worker.postMessage(request);

let messages: ChatMessage[] = [];
let answer: HTMLLIElement | undefined; // that is being written

/** Lets the visitor do what makes sense now. */
function show(text: string, { isOpen = false, isBusy = false } = {}) {
  status.textContent = text;
  picker.disabled = isBusy;
  question.disabled = send.disabled = !isOpen || isBusy;
  stop.disabled = answer === undefined;
}

/** Adds a turn of the conversation. */
function addTurn(role: string, text: string) {
  const item = document.createElement("li");
  item.className = role;
  item.textContent = text;
  list.append(item);
  return item;
}

function endAnswer() {
  messages.push({ role: "assistant", content: answer?.textContent ?? "" });
  answer = undefined;
  show("Ready", { isOpen: true });
}

/** An answer that failed is taken back with its question, which can be sent again; without an answer, it was the file. */
function showFailure(message: string) {
  const isOpen = answer !== undefined;
  if (isOpen) {
    question.value = messages.pop()?.content ?? "";
    answer?.previousElementSibling?.remove();
    answer?.remove();
    answer = undefined;
  }
  show(message, { isOpen });
}

worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
  if (data.type === "opened") show("Ready", { isOpen: true });
  else if (data.type === "text") answer?.append(data.text);
  else if (data.type === "done") endAnswer();
  else showFailure(data.message);
});
worker.addEventListener("error", ({ message }) => showFailure(message));

picker.addEventListener("change", () => {
  const [file] = picker.files ?? [];
  if (!file) return;
  messages = [];
  list.replaceChildren();
  show(`Reading ${file.name} …`, { isBusy: true });
  ask({ type: "open", file });
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  messages.push({ role: "user", content: question.value });
  addTurn("user", question.value);
  question.value = "";
  answer = addTurn("assistant", "");
  show("Answering …", { isOpen: true, isBusy: true });
  ask({ type: "ask", messages });
});

stop.addEventListener("click", () => ask({ type: "stop" }));
