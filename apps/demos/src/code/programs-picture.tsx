import { shorten } from "@deepgrain/support/pages";
import type { Programs } from "./write-programs";

const [WIDTH, ROW, LEFT] = [520, 30, 44];
const [MOST, LONGEST] = [6, 52];

const lastLine = (code: string) =>
  code.trim().split("\n").at(-1)!.replace("const solve = (list) => ", "");

/** The different programs as bars of how often each was written. */
export function ProgramsPicture({ programs: { written, passed, n } }: { programs: Programs }) {
  const rows = written.slice(0, MOST);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${rows.length * ROW}`}
      role="img"
      aria-label={`${passed} of ${n} programs pass`}
    >
      {rows.map(({ code, count, verdict }, i) => (
        <g key={code} class={verdict === "passed" ? "x1" : "x2"}>
          <rect
            x={LEFT}
            y={i * ROW + 3}
            width={Math.max(1, ((WIDTH - LEFT) * count) / n)}
            height={ROW - 6}
            rx="3"
            fill="currentColor"
            fill-opacity="0.3"
          />
          <text x="0" y={i * ROW + 20} font-size="13" fill="currentColor">
            {count} ×
          </text>
          <text class="program" x={LEFT + 6} y={i * ROW + 20} font-size="13">
            {shorten(lastLine(code), LONGEST)}
          </text>
        </g>
      ))}
    </svg>
  );
}
