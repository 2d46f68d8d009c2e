/** The tests' side, in Python: looks at a task's tests once, then runs them against one program after another. */
export const testsSide: string = `
class Builtins(dict):
    """Python's builtins; what they lack is asked of the program."""

    def __missing__(self, name):
        try:
            value = request("name", name)
        except NameError:
            if name in tests.forced:
                return BUILTINS[name]
            raise KeyError(name) from None
        if name in tests.modules and value is not sys.modules.get(name):
            sample.refuse("the program's %s is not Python's module" % name)
        return value


class Tests:
    """The tests of a task, compiled, with what their text tells."""

    code, forced, modules = None, set(), set()

    def look(self, text, forced):
        """Gives the reason for which they cannot run, or nothing."""
        try:
            tree = ast.parse(text)
            self.code = compile(text, "tests.py", "exec")
            found = Needs(tree, forced)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return "the tests are not Python: " + message_of(error)
        self.forced, self.modules = found.forced, found.modules
        return found.reasons[0] if found.reasons else ""

    def run(self, ask):
        sample.ask, sample.reason, sample.proxies = ask, None, {}
        sample.number += 1
        given = {name: value for name, value in BUILTINS.items() if name not in self.forced}
        space = {"__name__": "__main__", "__builtins__": Builtins(given), "_plain": plain, "_number": float}
        try:
            exec(self.code, space)
        except MemoryError as error:
            return ["memory", message_of(error)]
        except BaseException as error:
            return ["failed", sample.reason or message_of(error)]
        return ["failed", sample.reason] if sample.reason else ["passed", ""]


def plain(value):
    """A result as what a test case can hold."""
    if type(value) in (list, tuple):
        return [plain(part) for part in value]
    if type(value) is dict:
        return {key: plain(part) for key, part in value.items()}
    if type(value) in (int, float, bool, str, type(None)):
        return value
    name = NAME.__get__(value) if type(value) is Proxy else name_of(type(value))
    raise TypeError("a result of the type " + name + " cannot be compared")


tests = Tests()


def judge(line, ask):
    """Does a job, which is a line of JSON, and answers with another."""
    job = message_from(line)
    if job["action"] == "look":
        return line_of({"unsupported": tests.look(job["tests"], job["forced"])})
    verdict, message = tests.run(ask)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return line_of({"verdict": verdict, "message": message})
`;
