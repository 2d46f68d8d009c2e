/** The program's side, in Python: loads a program and answers one request after another with a value or an exception. */
export const programSide: string = `
import operator, types


class Program:
    """A loaded program and the objects that the tests hold."""

    def __init__(self):
        self.space = {"__name__": "__main__", "__builtins__": builtins}
        self.objects, self.places = [], {}

    def keep(self, value):
        kind = type(value)
        if kind is types.ModuleType:
            name = value.__name__
            if name.split(".")[0] in sys.stdlib_module_names and sys.modules.get(name) is value:
                return ["module", name]
        if id(value) not in self.places:
            self.places[id(value)] = len(self.objects)
            self.objects.append(value)
        return ["object", "%x" % self.places[id(value)], name_of(kind)]

    def find(self, tag, texts):
        if tag != "object":
            raise Uncrossable("a value of the kind " + tag)
        return self.objects[int(texts[0], 16)]

    def name(self, name):
        if name not in self.space or name == "__builtins__":
            raise NameError("name '%s' is not defined" % name)
        return self.space[name]

    def load(self, text):
        exec(compile(text, "program.py", "exec"), self.space)

    def call(self, function, args, named):
        return function(*args, **named)


program = Program()
ACTIONS = {
    "load": program.load,
    "name": program.name,
    "call": program.call,
    "attribute": getattr,
    "attribute-set": setattr,
    "attribute-delete": delattr,
    "item": operator.getitem,
    "item-set": operator.setitem,
    "item-delete": operator.delitem,
    "iteration": iter,
    "next": next,
    "truth": bool,
    "length": len,
    "text": str,
    "representation": repr,
    "enter": lambda value: type(value).__enter__(value),
    "exit": lambda value: bool(type(value).__exit__(value, None, None, None)),
}


def raised(error):
    """An exception as the nearest builtin class and a text; without a class where tests may not go on."""
    if issubclass(type(error), Uncrossable):
        return ["", "", said(error) + " cannot cross to the tests"]
    kinds = [RAISABLE[kind] for kind in MRO(type(error)) if kind in RAISABLE]
    return [kinds[0] if kinds else "", name_of(type(error)), said(error)]


def serve(line):
    """Answers a request, which is a line of JSON, with another."""
    request = message_from(line)
    built = unpack(request["nodes"], program.find)
    before = [(at, value, contents_of(value)) for at, value in enumerate(built)]
    before = [item for item in before if item[2] is not None]
    packer = Packer(program.keep, [(at, value) for at, value, _ in before])
    answer = {"id": request["id"]}
    try:
        answer["value"] = packer.add(ACTIONS[request["action"]](*built[-1]))
    except BaseException as error:
        answer["raised"] = raised(error)
    try:
        return line_of({**answer, "changes": changes_of(before, packer), "nodes": packer.nodes})
    except BaseException as error:
        return line_of({"id": request["id"], "raised": raised(error), "changes": [], "nodes": []})


def changes_of(before, packer):
    changes = []
    for at, value, old in before:
        new = contents_of(value)
        if len(new) != len(old) or any(map(operator.is_not, new, old)):
            changes.append([at, *packer.add_all(new)])
    return changes
`;
