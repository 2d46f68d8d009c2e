/**
 * How values cross, in Python; both interpreters run it, with the bounds of `bounds.ts` as names. A value is a flat list of nodes in which parts stand before what holds
 * them, each `[tag, ...]`. A value that derives from a plain type is read by that type's own methods, so that a subclass
 * cannot lie about what it holds.
 */
export const values: string = `
import builtins, datetime, json, sys
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction



class Uncrossable(Exception):
    pass


def hex_of(value):
    if int.bit_length(value) > 4 * MOST_TEXT:
        raise Uncrossable("a value that is too large")
    return int.__format__(value, "x")


def numbers_of(value):
    return [Fraction._numerator.__get__(value), Fraction._denominator.__get__(value)]


def span_of(value):
    delta = datetime.timedelta
    return [hex_of(part.__get__(value)) for part in (delta.days, delta.seconds, delta.microseconds)]


def text_node(value):
    if str.__len__(value) > MOST_TEXT:
        raise Uncrossable("a value that is too large")
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return ["surrogates", text.encode("utf-8", "surrogatepass").hex()]
    return ["str", text]


def bytes_node(value):
    if bytes.__len__(value) > MOST_TEXT:
        raise Uncrossable("a value that is too large")
    return ["bytes", bytes.hex(value)]


def pairs_of(value):
    items = OrderedDict.items(value) if issubclass(type(value), OrderedDict) else dict.items(value)
    return [part for pair in items for part in pair]


def moment_node(value):
    kind = datetime.datetime
    return ["datetime", kind.isoformat(value), hex_of(kind.fold.__get__(value))]


def clock_node(value):
    kind = datetime.time
    return ["time", kind.isoformat(value), hex_of(kind.fold.__get__(value))]


# By type, most special first: the node of a value without parts, or None, and its parts.
WRITERS = [
    (bool, lambda v: ["bool", "1" if v else ""], None),
    (int, lambda v: ["int", hex_of(v)], None),
    (float, lambda v: ["float", float.hex(v)], None),
    (complex, lambda v: ["complex", float.hex(complex.real.__get__(v)), float.hex(complex.imag.__get__(v))], None),
    (str, text_node, None),
    (bytes, bytes_node, None),
    (list, None, list.__iter__),
    (tuple, None, tuple.__iter__),
    (dict, None, pairs_of),
    (set, None, set.__iter__),
    (frozenset, None, frozenset.__iter__),
    (Decimal, lambda v: ["Decimal", Decimal.__str__(v)], None),
    (Fraction, lambda v: ["Fraction", *map(hex_of, numbers_of(v))], None),
    (datetime.datetime, moment_node, None),
    (datetime.date, lambda v: ["date", datetime.date.isoformat(v)], None),
    (datetime.time, clock_node, None),
    (datetime.timedelta, lambda v: ["timedelta", *span_of(v)], None),
    (datetime.timezone, lambda v: ["timezone", *span_of(datetime.timezone.utcoffset(v, None))], None),
]
PLAIN = tuple(kind for kind, _, _ in WRITERS)


def delta_from(days, seconds, microseconds):
    return datetime.timedelta(int(days, 16), int(seconds, 16), int(microseconds, 16))


def dict_of(*parts):
    return dict(zip(parts[::2], parts[1::2]))


# From the texts of a node.
READERS = {
    "None": lambda: None,
    "bool": lambda text: text == "1",
    "int": lambda text: int(text, 16),
    "float": float.fromhex,
    "complex": lambda real, imag: complex(float.fromhex(real), float.fromhex(imag)),
    "str": lambda text: text,
    "surrogates": lambda text: bytes.fromhex(text).decode("utf-8", "surrogatepass"),
    "bytes": bytes.fromhex,
    "Decimal": Decimal,
    "Fraction": lambda above, below: Fraction(int(above, 16), int(below, 16)),
    "datetime": lambda text, fold: datetime.datetime.fromisoformat(text).replace(fold=int(fold, 16)),
    "date": datetime.date.fromisoformat,
    "time": lambda text, fold: datetime.time.fromisoformat(text).replace(fold=int(fold, 16)),
    "timedelta": delta_from,
    "timezone": lambda *parts: datetime.timezone(delta_from(*parts)),
}
# From the parts of a node.
BUILDERS = {
    "list": lambda *parts: list(parts),
    "tuple": lambda *parts: parts,
    "dict": dict_of,
    "set": lambda *parts: set(parts),
    "frozenset": lambda *parts: frozenset(parts),
}


class Packer:
    """Writes values as nodes; special(value) gives the node of what is not plain."""

    def __init__(self, special, known=()):
        self.special, self.nodes, self.depths, self.kept, self.size = special, [], [], [], 0
        self.places, self.open = {}, set()
        self.known = {id(value): at for at, value in known}

    def push(self, value, node, depth):
        self.size += sum(map(len, node)) if depth == 1 else 0
        if len(self.nodes) >= MOST_NODES or self.size > MOST_TEXT:
            raise Uncrossable("a value that is too large")
        if depth > MOST_DEPTH:
            raise Uncrossable("a value nested deeper than %d" % MOST_DEPTH)
        self.places[id(value)] = len(self.nodes)
        self.kept.append(value)
        self.nodes.append(node)
        self.depths.append(depth)
        return len(self.nodes) - 1

    def add(self, value):
        own = id(value)
        if own in self.places:
            return self.places[own]
        if own in self.known:
            return self.push(value, ["given", "%x" % self.known[own]], 1)
        if value is None:
            return self.push(value, ["None"], 1)
        for kind, node, parts in WRITERS:
            if issubclass(type(value), kind):
                return self.push(value, node(value), 1) if node else self.add_parts(kind.__name__, value, parts)
        return self.push(value, self.special(value), 1)

    def add_parts(self, tag, value, parts):
        own = id(value)
        if own in self.open:
            raise Uncrossable("a value that holds itself")
        if len(self.open) >= MOST_DEPTH:
            raise Uncrossable("a value nested deeper than %d" % MOST_DEPTH)
        self.open.add(own)
        inside = self.add_all(parts(value))
        self.open.discard(own)
        return self.push(value, [tag, *inside], 1 + max((self.depths[at] for at in inside), default=0))

    def add_all(self, parts):
        found = []
        for part in parts:
            found.append(self.add(part))
            if len(found) > MOST_NODES:
                raise Uncrossable("a value that is too large")
        return found


def unpack(nodes, special):
    """The values of all nodes; special(tag, texts) gives what is not plain."""
    built = []
    for tag, *rest in nodes:
        if tag in BUILDERS:
            built.append(BUILDERS[tag](*[built[at] for at in rest]))
        elif tag in READERS:
            built.append(READERS[tag](*rest))
        else:
            built.append(special(tag, rest))
    return built


def contents_of(value):
    """The parts of a value that can change in place, or None."""
    for kind in (list, dict, set):
        if issubclass(type(value), kind):
            return pairs_of(value) if kind is dict else list(kind.__iter__(value))


NAME_OF, MRO = type.__dict__["__name__"].__get__, type.__dict__["__mro__"].__get__


def name_of(kind):
    return str(NAME_OF(kind))[:100]


def raisable(kind):
    try:
        return isinstance(kind, type) and issubclass(kind, Exception) and kind("") is not None
    except TypeError:
        return False


# Builtin exceptions that can be raised with a text alone.
RAISABLE = {kind: kind.__name__ for kind in vars(builtins).values() if raisable(kind)}


def said(error):
    """What an error says: its one text, or its own words."""
    try:
        given = BaseException.args.__get__(error)
        text = given[0] if len(given) == 1 and type(given[0]) is str else str(error)
        return text[:1000] if type(text) is str else ""
    except BaseException:
        return ""


# Compiled parts of json, to which builtins that a program replaces do nothing.
SCAN, ENCODER = json.JSONDecoder().scan_once, json.JSONEncoder()


def message_from(line):
    return SCAN(line, 0)[0]


def line_of(message):
    """A message as a line of ASCII."""
    line = "".join(ENCODER.iterencode(message, True))
    if len(line) > MOST_LINE:
        raise Uncrossable("a value that is too large")
    return line


def message_of(error):
    name, text = name_of(type(error)), said(error)
    return (name + ": " + text if text else name)[:300]
`;
