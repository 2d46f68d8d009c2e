/**
 * @file What EvalPlus makes of MBPP+'s inputs, which JSON has as lists: a form per argument, the last one for all further.
 * `t` a tuple, `[t]` a list of tuples, `(t)` a tuple of tuples, `{t}` an object of tuples, `[s]` a list of sets, `d` tuples at every
 * depth, `f` a float, `c` a complex number, `-` as it is.
 */
const forms: readonly (readonly [forms: string, tasks: readonly number[]])[] = [
  [
    "t",
    [
      ...[2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630],
      ...[726, 740, 744, 809],
    ],
  ],
  ["[t]", [63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780]],
  ["(t)", [259, 278, 401, 445]],
  ["d", [580, 615, 791]],
  ["[t] -", [75, 413, 444, 753]],
  ["- t", [106, 750]],
  ["t -", [250, 307, 405, 446, 617, 720, 763, 808]],
  ["{t} -", [722]],
  ["[s]", [115]],
  ["f c", [124]],
  ["c", [252]],
];

/** The forms of a task's arguments. @param id such as `Mbpp/2` */
export function inputForms(id: string): readonly string[] {
  const number = Number(/^Mbpp\/(\d+)$/.exec(id)?.[1] ?? Number.NaN);
  return (forms.find(([, tasks]) => tasks.includes(number))?.[0] ?? "-").split(" ");
}
