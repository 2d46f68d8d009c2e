import type { Policy } from "./names";

const policy: Policy = "before";

const text = `import { Observable } from '../Observable';
import { Subscriber } from '../Subscriber';
import { operate } from '../util/lift';

export function skip<T>(count: number) {
  return operate((source, subscriber) => {
    source.subscribe(subscriber);
  });
}
`;

/** The text between the two cursors that the page opens with. */
const hole = "operate((source, subscriber) => {";

const from = text.indexOf(hole);

/** The page's first state: a task in whose idioms the policy makes mistakes before it learns from tests. */
export const INITIAL = {
  task: 24,
  policy,
  n: 16,
  seed: 1,
  text,
  from,
  to: from + hole.length,
};
