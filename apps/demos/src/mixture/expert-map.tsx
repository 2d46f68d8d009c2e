import { useRef } from "preact/hooks";
import { switchExpert } from "./actions";
import type { Kind } from "./pair-names";
import type { Letter, Probe } from "./probe";
import { offOf, pointed, shown } from "./state";

/** Shades of a load, and how many times its even share the darkest stands for. */
const [SHADES, DARKEST] = [8, 2.5];

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The letter that is pointed at, if it is one of this model's. */
export function pointedLetter(kind: Kind): Letter | undefined {
  const at = pointed.value;
  if (!at || !("letter" in at) || at.kind !== kind) return undefined;
  return shown.probes.value?.[kind].samples[at.sample]?.[at.letter];
}

/** Moves the focus along a row of buttons by the arrow keys. */
function moveFocus(event: KeyboardEvent, row: HTMLElement): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const cells = [...row.querySelectorAll("button")];
  const at = cells.indexOf(event.target as HTMLButtonElement);
  cells[(at + step + cells.length) % cells.length]?.focus();
  event.preventDefault();
}

/** The experts of a layer as cells, darker the more choices they get. */
function Row({ kind, layer, loads }: { kind: Kind; layer: number; loads: readonly number[] }) {
  const row = useRef<HTMLDivElement>(null);
  const route = pointedLetter(kind)?.routes?.[layer];
  const isOff = offOf(kind)[layer]!;
  return (
    <div
      class={`map ${kind}`}
      ref={row}
      role="toolbar"
      aria-label={`Experts of layer ${layer + 1}`}
      onKeyDown={(event) => moveFocus(event, row.current!)}
    >
      {loads.map((load, expert) => {
        const shade = Math.round(SHADES * Math.min(1, (load * loads.length) / DARKEST));
        const isOut = isOff.includes(expert);
        return (
          <button
            key={expert}
            type="button"
            tabIndex={expert === 0 ? 0 : -1}
            class={`cell s${shade}${isOut ? " off" : ""}${route?.includes(expert) ? " lit" : ""}`}
            aria-pressed={!isOut}
            aria-label={`Expert ${expert + 1} of layer ${layer + 1}, ${isOut ? "off" : `on, ${percent(load)} of the choices`}`}
            title={`expert ${expert + 1}: ${isOut ? "off" : percent(load)}`}
            onClick={() => switchExpert(kind, layer, expert)}
            onPointerEnter={() => {
              pointed.value = { kind, layer, expert };
            }}
            onPointerLeave={() => {
              pointed.value = null;
            }}
            onFocus={() => {
              pointed.value = { kind, layer, expert };
            }}
            onBlur={() => {
              pointed.value = null;
            }}
          />
        );
      })}
    </div>
  );
}

/** Both layers of a model. */
export function ExpertMap({ kind, probe }: { kind: Kind; probe: Probe }) {
  return (
    <div class="maps">
      {probe.loads.map((loads, layer) => (
        <Row key={layer} kind={kind} layer={layer} loads={loads} />
      ))}
    </div>
  );
}
