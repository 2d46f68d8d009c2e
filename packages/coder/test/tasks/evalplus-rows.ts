/** Rows in EvalPlus's form, of tasks that are made up. */
export const doubled = {
  task_id: "HumanEval/900",
  prompt: 'def doubled(x):\n    """Twice x."""\n',
  entry_point: "doubled",
  canonical_solution: "    return x + x\n",
  base_input: [[1], [2]],
  plus_input: [[-1], [0]],
  atol: 0,
  contract: "",
};

/** Mbpp/2 is one of the tasks whose arguments are tuples. */
export const firstTwo = {
  task_id: "Mbpp/2",
  prompt: '"""\nWrite a function that joins two tuples.\n"""\n',
  entry_point: "joined",
  canonical_solution: "def joined(a, b):\n    assert type(a) is tuple\n    return a + b\n",
  base_input: [[[1], [2]]],
  plus_input: [[[], []]],
  atol: 0,
};
