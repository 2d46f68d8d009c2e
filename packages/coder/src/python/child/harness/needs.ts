/** The needs of tests beyond what can cross, in Python: told by their text, before any program runs. */
export const needs: string = `
import importlib.util

BUILTINS = dict(vars(builtins))
VALUE_METHODS = {name for kind in PLAIN for name in dir(kind)}
# Functions of test libraries that are handed a class to compare with.
CLASS_TAKERS = {"isinstance", "issubclass", "assertIsInstance", "assertRaises", "assertRaisesRegex", "raises"}


class Needs(ast.NodeVisitor):
    """
    Finds the reasons for which tests cannot run apart from the program. Names hold something of the program itself
    (programs), what it gave (results), or a function or an object of the tests (own).
    """

    def __init__(self, tree, forced):
        self.names, self.reasons = Names(tree), []
        free = self.names.read - self.names.bound
        called = self.names.called & free & set(BUILTINS)
        if not free - set(BUILTINS) and not forced and len(called) == 1:
            forced = called  # a program may have the name of a builtin, which is then the one thing that tests call
        self.forced = set(forced) & set(BUILTINS)
        self.modules = self.names.roots & free & set(sys.stdlib_module_names)
        self.programs = (free - set(BUILTINS) | self.forced) - self.modules
        self.results, self.own = set(), set(self.names.functions) | self.names.classes
        nodes, before = list(ast.walk(tree)), -1
        while before != (before := len(self.programs) + len(self.results) + len(self.own)):
            for node in nodes:
                self.follow(node)
        self.imports(tree)
        self.visit(tree)

    def follow(self, node):
        pairs = targets_of(node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in self.names.functions:
            pairs = parameters_of(self.names.functions[node.func.id], node)
        for target, value in pairs:
            name = target.arg if isinstance(target, ast.arg) else getattr(target, "id", None)
            if name is None or value is None:
                continue
            if self.is_program(value):
                self.programs.add(name)
            elif self.is_result(value):
                self.results.add(name)
            elif self.is_own(value):
                self.own.add(name)

    def is_program(self, node):
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.programs

    def is_result(self, node):
        while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            if isinstance(node, ast.Call) and self.is_program(node.func):
                return True
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self.results

    def is_own(self, node):
        """Whether an expression is, or holds, a function or an object that cannot cross."""
        if isinstance(node, (ast.Lambda, ast.GeneratorExp)):
            return True
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return any(map(self.is_own, node.elts))
        if isinstance(node, ast.Dict):
            return any(map(self.is_own, node.values))
        if isinstance(node, ast.Starred):
            return not isinstance(node.value, ast.Call) and self.is_own(node.value)
        if isinstance(node, ast.IfExp):
            return self.is_own(node.body) or self.is_own(node.orelse)
        if isinstance(node, ast.Call):
            kind = self.known(node.func)
            is_foreign = isinstance(kind, type) and not issubclass(kind, PLAIN)
            return is_foreign or kind is iter or getattr(node.func, "id", None) in self.names.classes
        if isinstance(node, ast.Name) and node.id in self.own:
            return True
        return callable(self.known(node))

    def known(self, node):
        """The object of Python's library that an expression names, or None."""
        if isinstance(node, ast.Attribute):
            owner = self.known(node.value)
            return None if owner is None else getattr(owner, node.attr, None)
        name = getattr(node, "id", None)
        if name is None or name in self.programs:
            return None
        if name not in self.names.modules:
            return BUILTINS.get(name) if name not in self.names.bound else None
        module, part = self.names.modules[name]
        try:
            found = importlib.import_module(module)
            return found if part is None else getattr(found, part, None)
        except Exception:
            return None

    def say(self, reason, node):
        self.reasons.append("the tests %s (line %d)" % (reason, node.lineno))

    def imports(self, tree):
        for node in tree.body:
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            else:
                wanted = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in wanted:
                root = name.split(".")[0]
                if not root or root not in sys.modules and importlib.util.find_spec(root) is None:
                    self.say("import %s, which is not here" % (name or "."), node)

    def compare(self, node, how):
        if node is not None and any(map(self.is_program, ast.walk(node))):
            self.say("need a class of the program " + how, node)

    def visit_ClassDef(self, node):
        for base in node.bases + [keyword.value for keyword in node.keywords]:
            self.compare(base, "as a base")
        self.visit_FunctionDef(node)

    def visit_FunctionDef(self, node):
        for decorator in node.decorator_list:
            if any(map(self.is_program, ast.walk(decorator))):
                self.say("need a decorator of the program", decorator)
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ExceptHandler(self, node):
        self.compare(node.type, "in except")
        self.generic_visit(node)

    def visit_MatchClass(self, node):
        self.compare(node.cls, "in a pattern")
        self.generic_visit(node)

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        if name in CLASS_TAKERS and not self.is_program(node.func):
            place = {"isinstance": 1, "assertIsInstance": 1}.get(name, 0)
            for argument in node.args[place:] if name in ("isinstance", "issubclass") else node.args[place : place + 1]:
                self.compare(argument, "in " + name)
        elif self.is_program(node.func) or self.is_method(node.func):
            for value in node.args + [keyword.value for keyword in node.keywords]:
                if self.is_own(value):
                    self.say("hand the program a function or an object of their own", value)
        self.generic_visit(node)

    def is_method(self, node):
        """Whether a call's function is a method of a program's object, and not one that plain values have."""
        return isinstance(node, ast.Attribute) and node.attr not in VALUE_METHODS and self.is_result(node.value)
`;
