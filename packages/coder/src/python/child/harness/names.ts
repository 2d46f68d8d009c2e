/** The names of tests, in Python, read from their text; scopes are not kept apart, which is exact enough for tests. */
export const names: string = `
import ast


class Names(ast.NodeVisitor):
    """What a text binds, reads, calls, reads attributes of, imports and defines."""

    def __init__(self, tree):
        self.bound, self.read, self.called, self.roots = set(), set(), set(), set()
        self.modules, self.functions, self.classes = {}, {}, set()
        self.visit(tree)

    def visit_Name(self, node):
        (self.read if isinstance(node.ctx, ast.Load) else self.bound).add(node.id)

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name):
            self.called.add(node.func.id)
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name):
            self.roots.add(node.value.id)
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        self.bound.add(node.name)
        self.functions[node.name] = node
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.bound.add(node.name)
        self.classes.add(node.name)
        self.generic_visit(node)

    def visit_arg(self, node):
        self.bound.add(node.arg)
        self.generic_visit(node)

    def visit_ExceptHandler(self, node):
        self.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        self.bound.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node):
        self.bound.add(node.rest)
        self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.bound.add(name)
            self.modules[name] = (alias.name if alias.asname else name, None)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.bound.add(alias.asname or alias.name)
            if node.level == 0:
                self.modules[alias.asname or alias.name] = (node.module, alias.name)


def targets_of(node):
    """Pairs of a target and the value that it gets, in assignments, loops and contexts."""
    if isinstance(node, ast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, (ast.NamedExpr, ast.AnnAssign)):
        return [(node.target, node.value)]
    if isinstance(node, (ast.For, ast.comprehension)):
        element = ast.Subscript(node.iter, ast.Constant(0), ast.Load())
        return [(node.target, part) for part in getattr(node.iter, "elts", [element])]
    if isinstance(node, ast.withitem):
        return [(node.optional_vars, node.context_expr)]
    return []


def parameters_of(function, call):
    """Pairs of a parameter and the value that a call hands to it."""
    given = function.args
    pairs = list(zip(given.posonlyargs + given.args, call.args))
    for keyword in call.keywords:
        pairs += [(arg, keyword.value) for arg in given.args + given.kwonlyargs if arg.arg == keyword.arg]
    return pairs
`;
