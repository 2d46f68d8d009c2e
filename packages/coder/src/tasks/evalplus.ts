import { inputForms } from "./evalplus-inputs";

/** A task of HumanEval+ or MBPP+. */
export interface PlusTask {
  id: string;
  entryPoint: string;
  /** The program that says what is right. */
  reference: string;
  /** Absolute tolerance; 0: equal, but for floats, which may differ by 1e-6. */
  tolerance: number;
}

/** A text as source of Python. */
const literal = (text: string): string => JSON.stringify(text);

/**
 * A script that calls a program and the reference with the same inputs and compares what they return, as EvalPlus does: equal, or
 * numbers within the tolerance plus 1e-7 of the expected one. Three tasks are judged in their own way: a zero of a polynomial by the
 * polynomial's value, and two whose answer may also be one constant.
 *
 * @param inputs a list of lists of arguments, as JSON
 * @see Liu et al. 2023 (EvalPlus), section 2
 */
export const plusScript = ({ id, entryPoint, reference, tolerance }: PlusTask, inputs: string) => `\
import copy as _copy
import json as _json

_space = {}
exec(${literal(reference)}, _space)
_reference = _space[${literal(entryPoint)}]
_forms = _json.loads(${literal(JSON.stringify(inputForms(id)))})
_tolerance = ${tolerance}
_constant = {"are_equivalent": True, "sum_div": 0}.get(${literal(entryPoint)})


def _tuple(value):
    return tuple(value) if isinstance(value, list) else value


def _deep(value):
    return tuple(_deep(part) for part in value) if isinstance(value, list) else value


_turn = {
    "-": lambda value: value,
    "t": _tuple,
    "[t]": lambda value: [_tuple(part) for part in value],
    "(t)": lambda value: tuple(_tuple(part) for part in value),
    "{t}": lambda value: {key: _tuple(part) for key, part in value.items()},
    "[s]": lambda value: [set(part) if part else {} for part in value],
    "d": _deep,
    "f": float,
    "c": complex,
}


def _near(result, expected, tolerance):
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(result, (list, tuple))
            and len(result) == len(expected)
            and all(_near(a, b, tolerance) for a, b in zip(result, expected))
        )
    numbers = (int, float, complex)
    if not isinstance(result, numbers) or not isinstance(expected, numbers):
        return result == expected
    if result == expected or (result != result and expected != expected):
        return True
    return abs(result - expected) <= tolerance + 1e-7 * abs(expected)


def _floats(value):
    if isinstance(value, (list, tuple)):
        return all(isinstance(part, float) for part in value)
    return isinstance(value, float)


def _right(given, result, expected):
    if ${literal(entryPoint)} == "find_zero":
        return abs(sum(c * result**i for i, c in enumerate(given[0]))) <= _tolerance
    if result == expected:
        return True
    tolerance = _tolerance or (1e-6 if _floats(expected) else 0)
    return tolerance > 0 and _near(result, expected, tolerance)


_differs, _always = None, _constant is not None
for _at, _given in enumerate(_json.loads(${literal(inputs)})):
    _given = [_turn[_forms[min(i, len(_forms) - 1)]](one) for i, one in enumerate(_given)]
    try:
        _expected = _reference(*_copy.deepcopy(_given))
    except Exception as _error:
        raise RuntimeError("the reference solution fails on input %d: %r" % (_at, _error)) from None
    _result = ${entryPoint}(*_copy.deepcopy(_given))
    _always = _always and _result == _constant
    if not _right(_given, _result, _expected):
        _differs = _at if _differs is None else _differs
        assert _always, "${entryPoint} is wrong on input %d" % _differs
assert _differs is None or _always, "${entryPoint} is wrong on input %d" % _differs
`;
