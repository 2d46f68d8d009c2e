import { signal } from "@preact/signals";
import { LEVELS, SIDE } from "./digits";
import { drawnDigit, type Point, type Stroke } from "./draw";

/** Points of a drawing; further ones are not taken. */
const MOST_POINTS = 600;
/** How far an arrow key moves the pen. */
const MOVE = 1 / SIDE;

/** The drawn strokes; null where the field shows a picture. */
const strokes = signal<readonly Stroke[] | null>(null);
/** The pen of the keyboard. */
const pen = signal<{ at: Point; isDown: boolean } | null>(null);

const within = (value: number) => Math.min(1, Math.max(0, value));

function add(point: Point): void {
  const all = strokes.value ?? [];
  if (all.flat().length >= MOST_POINTS) return;
  const last = all.at(-1) ?? [];
  strokes.value = [...all.slice(0, -1), [...last, point]];
}

const begin = (point: Point): void => {
  strokes.value = [...(strokes.value ?? []), []];
  add(point);
};

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-MOVE, 0],
  ArrowRight: [MOVE, 0],
  ArrowUp: [0, -MOVE],
  ArrowDown: [0, MOVE],
};

function pressKey(event: KeyboardEvent, done: () => void): void {
  const { at, isDown } = pen.value ?? { at: { x: 0.5, y: 0.5 }, isDown: false };
  const arrow = arrows[event.key];
  if (event.key === " ") {
    pen.value = { at, isDown: !isDown };
    if (isDown) done();
    else begin(at);
  } else if (arrow) {
    const to = { x: within(at.x + arrow[0]), y: within(at.y + arrow[1]) };
    pen.value = { at: to, isDown };
    if (isDown) add(to);
  } else return;
  event.preventDefault();
}

const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent): Point => {
  const { left, top, width, height } = (currentTarget as Element).getBoundingClientRect();
  return { x: within((clientX - left) / width), y: within((clientY - top) / height) };
};

const inPixels = (stroke: Stroke): string =>
  stroke.map(({ x, y }) => `${SIDE * x},${SIDE * y}`).join(" ");

/** A picture's pixels. */
function Pixels({ levels }: { levels: readonly number[] }) {
  return (
    <>
      {levels.map(
        (level, i) =>
          level > 0 && (
            <rect
              key={i}
              class="pixel"
              x={i % SIDE}
              y={Math.floor(i / SIDE)}
              width="1.02"
              height="1.02"
              fill-opacity={level / LEVELS}
            />
          ),
      )}
    </>
  );
}

/** A field to draw a digit on, by pen, finger, mouse or arrow keys. @param levels of the picture that it shows before */
export function DrawingField({
  levels,
  ask,
}: {
  levels: readonly number[];
  /** Called with the digit whenever the pen is lifted. */
  ask(digit: string): void;
}) {
  const done = () => {
    const digit = drawnDigit(strokes.value ?? []);
    if (digit !== "") ask(digit);
  };
  const drawn = strokes.value;
  return (
    <div class="drawing">
      <svg
        id="digit"
        class="drawing-field"
        viewBox={`0 0 ${SIDE} ${SIDE}`}
        role="application"
        aria-roledescription="drawing field"
        aria-label="Draw a digit: arrow keys move the pen, the space bar sets it down and lifts it"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is drawn on by keys
        tabIndex={0}
        onKeyDown={(event) => pressKey(event, done)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          (event.currentTarget as Element).setPointerCapture(event.pointerId);
          pen.value = null;
          begin(placeOf(event));
        }}
        onPointerMove={(event) => {
          const isDrawing = (event.currentTarget as Element).hasPointerCapture(event.pointerId);
          if (isDrawing) add(placeOf(event));
        }}
        onPointerUp={done}
      >
        {drawn === null ? (
          <Pixels levels={levels} />
        ) : (
          drawn.map((stroke, i) => <polyline key={i} class="pen" points={inPixels(stroke)} />)
        )}
        {pen.value && (
          <circle
            class={pen.value.isDown ? "pen-tip down" : "pen-tip"}
            cx={SIDE * pen.value.at.x}
            cy={SIDE * pen.value.at.y}
            r="0.6"
          />
        )}
      </svg>
      <div class="buttons">
        <button
          type="button"
          onClick={() => {
            strokes.value = [];
            pen.value = null;
          }}
        >
          Draw another
        </button>
      </div>
    </div>
  );
}

/** Shows a picture on the field again, in place of what was drawn. */
export function showPicture(): void {
  strokes.value = null;
  pen.value = null;
}
