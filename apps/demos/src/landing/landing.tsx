import { batch, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problems, RunButtons } from "../shell/controls";
import { messageOf } from "../shell/message-of";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { addressState } from "../shell/use-address";
import { textField, wholeField } from "../state/fields";
import type { Letter } from "./learn-sentence";
import { EXPERTS, LONGEST, SENTENCE, STEPS } from "./limits";
import { quoted } from "./quoted";
import type { RecordedSentence } from "./recorded";
import type { methods } from "./worker";
import { WrittenText } from "./written-text";

const fields = { text: textField(SENTENCE, LONGEST), seed: wholeField(1, 0, 2 ** 31 - 1) };
const { state, problems, read, set } = addressState(fields);

const letters = signal<readonly Letter[]>([]);
const step = signal(0);
const loss = signal<number | null>(null);
const phase = signal<"recorded" | "learning" | "writing" | "done">("recorded");
/** The sentence as it stands in its field. */
const typed = signal(SENTENCE);

/** The last run that came to its end. */
let whole = { letters: letters.value, loss: loss.value, phase: phase.value };

/** Shows the last whole run where a newer one has ended early. */
function showWhole(): void {
  batch(() => {
    letters.value = whole.letters;
    loss.value = whole.loss;
    phase.value = whole.phase;
  });
}

let learner: ReturnType<typeof pageWorker<typeof methods>> | undefined;
const openWorker = () =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "landing" });

/** Learns the sentence anew and shows what is written after it. */
async function learn(): Promise<void> {
  learner ??= pageWorker<typeof methods>(openWorker, showWhole);
  const { text, seed } = state.value;
  problems.value = [];
  phase.value = "learning";
  step.value = 0;
  try {
    for await (const event of learner.run("learn", { sentence: text, seed })) {
      if (event.type === "step-end")
        batch(() => {
          step.value = event.step;
          loss.value = event.loss;
        });
      else if (event.type === "prompt")
        batch(() => {
          phase.value = "writing";
          letters.value = [];
        });
      else letters.value = [...letters.value, event.letter];
    }
    phase.value = "done";
    whole = { letters: letters.value, loss: loss.value, phase: "done" };
  } catch (error) {
    const message = messageOf(error);
    if (message === undefined) return;
    problems.value = [message];
    showWhole();
  }
}

function type(text: string): void {
  typed.value = text;
  const field = fields.text.read(text);
  if ("expected" in field) {
    problems.value = [
      text.trim() === ""
        ? "Type at least one letter; what was learned before stays."
        : `A sentence may have ${LONGEST} characters.`,
    ];
    return;
  }
  set({ text });
  void learn();
}

function save(recorded: RecordedSentence): void {
  const isRecorded = phase.value === "recorded";
  saveJson("deepgrain-sentence.json", {
    sentence: state.value.text,
    seed: state.value.seed,
    steps: STEPS,
    loss: isRecorded ? recorded.loss : loss.value,
    letters: isRecorded ? recorded.letters : letters.value,
  });
}

function status(recorded: RecordedSentence): string {
  const shown = (nats: number) => `loss ${nats.toFixed(2)} nats per letter`;
  if (phase.value === "recorded") return `Recorded · ${STEPS} steps · ${shown(recorded.loss)}`;
  if (phase.value === "learning") return `Learning · step ${step.value} of ${STEPS}`;
  return `${phase.value === "writing" ? "Writing" : "Learned"} · ${STEPS} steps · ${shown(loss.value ?? 0)}`;
}

/** A sentence to type, and what a mixture that has learned it writes after it. */
export function Landing({ recorded }: { recorded: RecordedSentence }) {
  useEffect(() => {
    read();
    typed.value = state.value.text;
    const found = problems.value;
    if (state.value.text !== SENTENCE || state.value.seed !== 1) void learn();
    problems.value = found;
  }, []);
  const shown = phase.value === "recorded" ? recorded.letters : letters.value;
  const shownLoss = phase.value === "recorded" ? recorded.loss : (loss.value ?? 0);
  quoted.current = { ...state.value, letters: shown, loss: shownLoss };
  return (
    <section class="writer" aria-label="Type a sentence">
      <label class="eyebrow" for="sentence">
        Type a sentence
      </label>
      <textarea
        dir="auto"
        id="sentence"
        rows={2}
        maxLength={LONGEST + 1}
        spellcheck={false}
        aria-describedby="sentence-problems"
        value={typed.value}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      <Problems id="sentence-problems" messages={problems.value} />
      <p class={`written ${phase.value}`} id="written" dir="auto">
        <WrittenText letters={shown} />
      </p>
      <div class="below">
        <p class="status" role="status">
          {status(recorded)}
        </p>
        <p class="experts" aria-hidden="true">
          {Array.from({ length: EXPERTS }, (_, i) => (
            <span key={i} class={`x${i + 1}`}>
              {i + 1}
            </span>
          ))}
        </p>
        <RunButtons
          replay={() => void learn()}
          renew={() => {
            set({ seed: (state.value.seed + 1) % 2 ** 31 });
            void learn();
          }}
          save={() => save(recorded)}
        />
      </div>
    </section>
  );
}
