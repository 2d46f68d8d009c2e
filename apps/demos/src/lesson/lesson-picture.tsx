import { shippedLessons } from "./shipped";

/** The steps of a lesson as dots; those of one page have one colour. */
export function Dots({ steps, y }: { steps: readonly { page: string }[]; y: number }) {
  const pages = [...new Set(steps.map(({ page }) => page))];
  const x = (i: number) => 14 + (i * 212) / (steps.length - 1);
  return (
    <g>
      <line class="lesson-line" x1={x(0)} x2={x(steps.length - 1)} y1={y} y2={y} />
      {steps.map(({ page }, i) => (
        <circle key={i} class={`lesson-dot-${pages.indexOf(page) + 1}`} cx={x(i)} cy={y} r="8" />
      ))}
    </g>
  );
}

/** The lessons that come with the site: a dot for each step, in the colour of its page. */
export function LessonPicture() {
  const lessons = Object.values(shippedLessons);
  const steps = lessons.map((lesson) => `${lesson.title}: ${lesson.steps.length} steps`);
  return (
    <svg viewBox="0 0 240 120" role="img" aria-label={`Lessons. ${steps.join("; ")}.`}>
      {lessons.map((lesson, i) => (
        <g key={lesson.title}>
          <text class="lesson-name" x="6" y={24 + 60 * i}>
            {lesson.title}
          </text>
          <Dots steps={lesson.steps} y={44 + 60 * i} />
        </g>
      ))}
    </svg>
  );
}
