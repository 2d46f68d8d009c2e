import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problems, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import { change, learn, openLanding, renew, save, stop, turn, type, typed } from "./actions";
import type { Letter } from "./learn-sentence";
import { LONGEST, LONGEST_BEGIN, STEPS } from "./limits";
import { lettersOf } from "./moved";
import type { RecordedSentence } from "./recorded";
import {
  address,
  growing,
  isBusy,
  isCurrent,
  moved,
  names,
  phase,
  problems,
  step,
  strangers,
  type Written,
  whole,
} from "./state";
import { WrittenText, whoText } from "./written-text";

/** The piece of the text that was tapped. */
const tapped = signal<Letter | null>(null);

function status({ loss }: Written): string {
  if (phase.value === "learning") return `Learning · step ${step.value} of ${STEPS}`;
  const names = { recorded: "Recorded", writing: "Writing", done: "Learned" };
  return `${names[phase.value]} · ${STEPS} steps · loss ${loss.toFixed(2)} nats per letter`;
}

/** The switches of the experts, each with how many letters it wrote. */
function Experts({ written }: { written: Written }) {
  const { off } = address.state.value;
  const counts = lettersOf(written);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the switches are buttons in a row
    <div id="experts" class="experts" role="group" aria-label="Experts" tabIndex={-1}>
      {names.map((name, i) => (
        <button
          key={name}
          type="button"
          class={`x${name}`}
          aria-pressed={!off.includes(name)}
          aria-label={`Expert ${name}, ${counts[i]} letters`}
          onClick={() => turn(name)}
        >
          {name} <small>{counts[i]}</small>
        </button>
      ))}
    </div>
  );
}

function Line({ id, name, most }: { id: "second" | "begin"; name: string; most: number }) {
  return (
    <label class="line-of-text" for={id}>
      <span>{name}</span>
      <input
        type="text"
        dir="auto"
        id={id}
        maxLength={most}
        spellcheck={false}
        autocomplete="off"
        value={address.state.value[id]}
        onInput={({ currentTarget: { value } }) => change({ [id]: value.trim() && value })}
      />
    </label>
  );
}

/** Sentences to type, and what a mixture that has learned them writes after them. */
export function Landing({ recorded }: { recorded: RecordedSentence }) {
  whole.value ??= recorded.written;
  useEffect(() => openLanding(recorded), []);
  const shown = growing.value ?? whole.value;
  const { temperature } = address.state.value;
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
      <Line id="second" name="Teach it another" most={LONGEST} />
      <Outcome
        doing={isBusy.value ? status(shown) : ""}
        isOld={!isCurrent.value && growing.value === null}
        moved={moved.value}
        stop={stop}
        note={status(shown)}
      >
        <div class={`written ${phase.value}`} id="written" dir="auto">
          {shown.texts.map((letters, i) => (
            <p key={i} dir="auto">
              <WrittenText
                letters={letters}
                tell={(piece) => {
                  tapped.value = piece;
                }}
              />
            </p>
          ))}
        </div>
      </Outcome>
      <Experts written={shown} />
      <p class="hint" aria-live="polite">
        {tapped.value
          ? whoText(tapped.value)
          : "Each number is an expert, with the letters that it wrote. Press it, and it is off."}
      </p>
      <div class="settings">
        <Line id="begin" name="Begin with" most={LONGEST_BEGIN} />
        <Slider
          id="temperature"
          name="Temperature"
          said={temperature.toFixed(1)}
          value={temperature}
          range={[0.1, 2, 0.1]}
          onChange={(to) => change({ temperature: to })}
        />
      </div>
      {strangers.value.length > 0 && (
        <p class="hint">
          No sentence has {strangers.value.map((letter) => `“${letter}”`).join(", ")}, so it begins
          without.
        </p>
      )}
      <div class="below">
        <RunButtons replay={() => void learn(true)} renew={renew} save={save} />
      </div>
    </section>
  );
}
