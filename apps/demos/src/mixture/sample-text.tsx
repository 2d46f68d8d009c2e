import type { Kind } from "./pair-names";
import type { Letter, Probe } from "./probe";
import { pointed } from "./state";

/** Whether a letter was written by the expert that is pointed at. */
function isBy(letter: Letter, kind: Kind): boolean {
  const at = pointed.value;
  if (!at || !("expert" in at) || at.kind !== kind) return false;
  return letter.routes?.[at.layer]?.includes(at.expert) ?? false;
}

/** Letters whose experts are shown when one points at them, or moves through them by the arrow keys. */
function Sample({
  kind,
  sample,
  letters,
}: {
  kind: Kind;
  sample: number;
  letters: readonly Letter[];
}) {
  const at = pointed.value;
  const current = at && "letter" in at && at.kind === kind && at.sample === sample ? at.letter : -1;
  const first = letters.findIndex(({ routes }) => routes);
  const point = (letter: number) => {
    if (letter >= first && letter < letters.length) pointed.value = { kind, sample, letter };
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a run of letters, which no element stands for
    <p
      class="sample"
      dir="auto"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move from letter to letter
      tabIndex={0}
      aria-label={`Text of the ${kind} model; arrow keys move from letter to letter: ${letters.map(({ text }) => text).join("")}`}
      onPointerOver={({ target }) => {
        const place = (target as HTMLElement).dataset.at;
        if (place !== undefined) point(Number(place));
      }}
      onPointerLeave={() => {
        pointed.value = null;
      }}
      onFocus={() => point(first)}
      onBlur={() => {
        pointed.value = null;
      }}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        point(current + step);
        event.preventDefault();
      }}
    >
      {letters.map((letter, i) => (
        <span
          key={i}
          data-at={letter.routes ? i : undefined}
          class={`${letter.routes ? "" : "given"}${i === current ? " current" : ""}${isBy(letter, kind) ? " by" : ""}`}
        >
          {letter.text}
        </span>
      ))}
    </p>
  );
}

/** The texts that a model writes. */
export function SampleTexts({ kind, probe }: { kind: Kind; probe: Probe }) {
  return (
    <>
      {probe.samples.map((letters, sample) => (
        <Sample key={sample} kind={kind} sample={sample} letters={letters} />
      ))}
    </>
  );
}
