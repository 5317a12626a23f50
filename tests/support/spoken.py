"""Which errors are told in English whatever language was chosen, as the code itself shows.

Followed is where message and hint come from: through variables and parameters, and functions of the same module. The
sentence must come from the catalog; and so must what is put into it, as far as that is a literal with a blank in it.
"""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "wyrcan_tui"

_FROM_CATALOG = ("_", "ngettext")
_FIRST = "WyrcanError"

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Code:
    """The modules of a program, by their names."""

    def __init__(self, modules: dict[str, ast.Module]) -> None:
        self._modules = modules
        self._home: dict[int, str] = {}
        self._around: dict[int, Function] = {}
        self._calls: defaultdict[str, list[ast.Call]] = defaultdict(list)
        self._classes = {_FIRST}
        self._seen: set[tuple[int, bool]] = set()
        for name, module in modules.items():
            self._index(name, module)

    @classmethod
    def of_package(cls, leaving_out: Collection[str]) -> "Code":
        """Return the code of the package without some of its folders and files."""
        paths = [
            path
            for path in sorted(PACKAGE.rglob("*.py"))
            if not any(path.is_relative_to(PACKAGE / left) for left in leaving_out)
        ]
        return cls({str(path.relative_to(PACKAGE)): ast.parse(path.read_text()) for path in paths})

    @property
    def errors(self) -> list[ast.Call]:
        """Where an error is made."""
        return [call for name in sorted(self._classes) for call in self._calls[name]]

    def english(self) -> list[str]:
        """Return each text of an error that does not come from the catalog, by its place."""
        self._seen.clear()
        found = [
            place
            for call in self.errors
            for argument in (_given(call, 1, "message"), _given(call, None, "hint"))
            for place in self._english(argument, whole=True)
        ]
        return sorted(set(found))

    def _index(self, name: str, module: ast.Module) -> None:
        for node in ast.walk(module):
            self._home[id(node)] = name
            if isinstance(node, Function):
                # Outer functions come first, so what is further in has the last word.
                self._around.update((id(inner), node) for inner in ast.walk(node) if inner is not node)
            elif isinstance(node, ast.ClassDef) and any(_name(base) in self._classes for base in node.bases):
                self._classes.add(node.name)
            elif isinstance(node, ast.Call):
                self._calls[_name(node.func)].append(node)

    def _english(self, value: ast.expr | None, *, whole: bool) -> Iterator[str]:
        """Yield the places of the English in a value, which is the `whole` sentence or what is put into one."""
        if value is None or (id(value), whole) in self._seen:
            return
        self._seen.add((id(value), whole))
        texts = [str(part.value) for part in _literals(value)]
        if any(text and (whole or _is_for_people(text)) for text in texts):
            yield self._place(value)
        for part, is_whole in self._parts(value, whole):
            yield from self._english(part, whole=is_whole)

    def _parts(self, value: ast.expr, whole: bool) -> Iterator[tuple[ast.expr, bool]]:
        """Yield what a value comes from, each with whether it is the whole sentence."""
        match value:
            case ast.Call() if _name(value.func) in _FROM_CATALOG:
                return
            case ast.Call(func=function, args=arguments, keywords=named):
                if isinstance(function, ast.Attribute) and function.attr == "format":
                    yield function.value, whole
                for part in (*arguments, *(keyword.value for keyword in named), *self._returned(value)):
                    yield part, False
            case ast.Name():
                yield from ((source, whole) for source in self._sources(value))
            case ast.IfExp(body=one, orelse=other):
                yield from ((one, whole), (other, whole))
            case ast.BinOp(left=one, right=other):
                # Between two sentences stands a blank of nobody's language.
                yield from ((one, False), (other, False))
            case ast.BoolOp(values=parts):
                yield from ((part, whole) for part in parts)

    def _sources(self, name: ast.Name) -> Iterator[ast.expr]:
        """Yield what a name stands for: what is assigned to it, or given to the function whose parameter it is."""
        function = self._around.get(id(name))
        if function is not None and name.id in (names := _parameters(function)):
            named = {argument.arg for argument in function.args.kwonlyargs}
            position = None if name.id in named else names.index(name.id)
            for call in self._calls[function.name]:
                if self._may_mean(call, function) and (given := _given(call, position, name.id)) is not None:
                    yield given
            return
        local = list(_assigned(function, name.id)) if function is not None else []
        yield from local or _assigned(self._modules[self._home[id(name)]], name.id)

    def _may_mean(self, call: ast.Call, function: Function) -> bool:
        """Tell whether a call by a function's name is one of it: another module's method may have the same name."""
        home = self._home[id(function)]
        if self._home[id(call)] == home:
            return True
        if function.name.startswith("_") or function not in self._modules[home].body:
            return False
        whose = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        return isinstance(whose, ast.Name) and whose.id not in ("self", "cls")

    def _returned(self, call: ast.Call) -> Iterator[ast.expr]:
        """Yield what a function of the same module returns."""
        for node in ast.walk(self._modules[self._home[id(call)]]):
            if isinstance(node, Function) and isinstance(call.func, ast.Name) and node.name == call.func.id:
                yield from (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value)

    def _place(self, value: ast.expr) -> str:
        return f"{self._home[id(value)]}:{value.lineno}: {ast.unparse(value)}"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _literals(value: ast.expr) -> list[ast.Constant]:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return [part for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _is_for_people(text: str) -> bool:
    return " " in text.strip()


def _given(call: ast.Call, position: int | None, name: str) -> ast.expr | None:
    """Return what a call gives to a parameter, which has a position or only a name."""
    named = (keyword.value for keyword in call.keywords if keyword.arg == name)
    return call.args[position] if position is not None and position < len(call.args) else next(named, None)


def _parameters(function: Function) -> list[str]:
    """Return the parameters of a function as its callers see them, those by position first."""
    names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _assigned(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        targets: Iterable[ast.expr] = ()
        match node:
            case ast.Assign(targets=targets):
                pass
            case ast.AnnAssign(target=target) | ast.NamedExpr(target=target) | ast.AugAssign(target=target):
                targets = (target,)
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr) and any(_name(target) == name for target in targets):
            yield value
