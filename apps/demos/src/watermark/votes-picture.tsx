import type { Reading } from "./read-text";

const [COLUMNS, CELL, ROWS] = [24, 10, 11];

/** The tokens of a text as cells, filled where they speak for the message, for a small picture of the page. */
export function VotesPicture({ tokens }: Pick<Reading, "tokens">) {
  const cells = tokens.filter(([, vote]) => vote !== 0).slice(0, COLUMNS * ROWS);
  return (
    <svg
      viewBox={`0 0 ${COLUMNS * CELL} ${ROWS * CELL}`}
      role="img"
      aria-label="Most words of a marked text speak for its message"
    >
      {cells.map(([, vote], i) => (
        <rect
          key={i}
          class={vote === 1 ? "filled" : "empty"}
          x={(i % COLUMNS) * CELL + 1}
          y={Math.floor(i / COLUMNS) * CELL + 1}
          width={CELL - 2}
          height={CELL - 2}
          rx="1.5"
        />
      ))}
    </svg>
  );
}
