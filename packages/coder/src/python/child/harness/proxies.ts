/** The tests' hold on a program, in Python: objects whose uses are requests. */
export const proxies: string = `
import importlib


class Broken(BaseException):
    """Ends the tests: what they need cannot be had, whatever they catch."""


class Sample:
    """The program that is being tested."""

    ask = None
    number = 0
    reason = None

    def refuse(self, reason):
        self.reason = self.reason or reason[:300]
        raise Broken(reason)


sample = Sample()


def proxied(action):
    def use(self, *rest):
        return request(action, self, *rest)

    return use


def refused(use):
    def refuse(self, *rest):
        kind = NAME.__get__(self)
        sample.refuse("an object of the program's class %s has no %s here: only plain values have" % (kind, use))

    return refuse


class Proxy:
    __slots__ = ("number", "name", "owner")

    def __getattribute__(self, name):
        if name == "__class__":
            return Proxy
        if name in REFUSED:
            refused(name)(self)
        return request("attribute", self, name)

    def __call__(self, *args, **named):
        return request("call", self, args, named)

    def __exit__(self, kind, *rest):
        if kind is not None:
            sample.refuse("an exception of the tests cannot cross to the program")
        return request("exit", self)


NUMBER, NAME, OWNER = Proxy.number, Proxy.name, Proxy.owner
del Proxy.number, Proxy.name, Proxy.owner
for method, action in {
    "__setattr__": "attribute-set",
    "__delattr__": "attribute-delete",
    "__getitem__": "item",
    "__setitem__": "item-set",
    "__delitem__": "item-delete",
    "__iter__": "iteration",
    "__next__": "next",
    "__bool__": "truth",
    "__len__": "length",
    "__str__": "text",
    "__repr__": "representation",
    "__enter__": "enter",
}.items():
    setattr(Proxy, method, proxied(action))

# A program's object may not judge itself: it would be asked what the tests expect of it.
ARITHMETIC = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor"
REFUSED = {"__%s__" % name for name in "eq ne lt le gt ge hash neg pos abs invert int float complex index round".split()}
for name in ARITHMETIC.split():
    REFUSED |= {"__%s__" % name, "__r%s__" % name, "__i%s__" % name}
for method in REFUSED:
    setattr(Proxy, method, refused(method))
REFUSED |= {"__contains__"}  # without it, Python iterates and compares here


def give(value):
    """The node of an object that goes to the program."""
    if type(value) is Proxy and OWNER.__get__(value) == sample.number:
        return ["object", NUMBER.__get__(value)]
    raise Uncrossable("an object of the type " + name_of(type(value)))


def taker(given, action):
    """Reads what is not plain in an answer."""

    def take(tag, texts):
        if tag == "given":
            return given[int(texts[0], 16)]
        if tag == "module" and action == "name" and texts[0].split(".")[0] in sys.stdlib_module_names:
            return importlib.import_module(texts[0])
        if tag != "object":
            sample.refuse("a module of the program cannot cross to the tests")
        return proxy_of(*texts)

    return take


def proxy_of(number, name):
    found = sample.proxies.get(number)
    if found is None:
        found = sample.proxies[number] = object.__new__(Proxy)
        NUMBER.__set__(found, number)
        NAME.__set__(found, name)
        OWNER.__set__(found, sample.number)
    return found


CHECKED = {"truth": bool, "exit": bool, "length": int, "text": str, "representation": str}


def request(action, *operands):
    """Asks the program and gives its value, or raises its exception."""
    if sample.reason:
        raise Broken(sample.reason)
    packer = Packer(give)
    try:
        packer.add(operands)
        line = line_of({"action": action, "nodes": packer.nodes})
    except Uncrossable as error:
        sample.refuse(str(error) + " cannot cross to the program")
    answer = message_from(sample.ask(line))
    try:
        built = unpack(answer["nodes"], taker(packer.kept, action))
        for at, *parts in answer["changes"]:
            change(packer.kept[at], [built[part] for part in parts])
    except Exception as error:
        sample.refuse("the program's answer cannot be read: " + message_of(error))
    if "raised" in answer:
        kind, name, text = answer["raised"]
        if kind not in EXCEPTIONS:
            sample.refuse(": ".join(part for part in (name, text) if part))
        raise EXCEPTIONS[kind](text) if text else EXCEPTIONS[kind]()
    value = built[answer["value"]]
    if action in CHECKED and type(value) is not CHECKED[action]:
        sample.refuse("the program's answer has the wrong type")
    return value


EXCEPTIONS = {name: kind for kind, name in RAISABLE.items()}


def change(value, parts):
    """Gives a list, dict or set of the tests the contents that the program left in it."""
    if issubclass(type(value), list):
        list.__setitem__(value, slice(None), parts)
    elif issubclass(type(value), set):
        set.clear(value)
        set.update(value, parts)
    else:
        dict.clear(value)
        dict.update(value, zip(parts[::2], parts[1::2]))
`;
