"""Whether the class that a manifest names is there; the code is parsed, never imported."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path

from reviewer_app.submissions.folder_contents import find_inside

_ENTRY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_MAX_SOURCE_BYTES = 5 * 1024**2
_METHODS = ("fit", "predict")


def entry_problem(folder: Path, entry: str) -> str | None:
    """Return why ``module:Class`` cannot be the entry of an algorithm, as half a sentence; None where it can.

    ``module`` is a file ``module.py`` or a package ``module/__init__.py`` in the folder, with dots for subfolders. The
    class must be bound at the top level of the module: defined, imported or assigned there. A class that is defined
    there without base classes must have the methods ``fit`` and ``predict``.
    """
    if not _ENTRY.fullmatch(entry):
        return 'must be written "module:Class", for example "matcher:Matcher" for the class Matcher in matcher.py'
    module, name = entry.split(":")
    relative = module.replace(".", "/")
    candidates = (f"{relative}.py", f"{relative}/__init__.py")
    found = [find_inside(folder, candidate) for candidate in candidates]
    path = next((path for path, _ in found if path is not None), None)
    if path is None:
        return f"needs the file {candidates[0]}, which {found[0][1]}"
    tree = _parse(path)
    if isinstance(tree, str):
        return tree
    return _class_problem(tree, name, path.relative_to(folder).as_posix())


def _parse(path: Path) -> ast.Module | str:
    """Return the syntax tree of a source file, or why there is none."""
    if path.stat().st_size > _MAX_SOURCE_BYTES:
        return f"names {path.name}, which is larger than {_MAX_SOURCE_BYTES // 1024**2} MB: that is no source code"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of a team's string escapes is the team's affair
            return ast.parse(path.read_bytes())
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        return f"names {path.name}, which is not valid Python: {where}{error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        # null bytes and expressions that are nested too deeply for the parser
        return f"names {path.name}, which Python cannot parse: {error}"


def _class_problem(tree: ast.Module, name: str, file: str) -> str | None:
    """Return what is wrong with a class of a module."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            missing = [] if statement.bases else [method for method in _METHODS if method not in _bound(statement.body)]
            if missing:
                methods = " and ".join(missing)
                return f"names the class {name} in {file}, line {statement.lineno}, which has no method {methods}"
            return None
    if name in _bound(tree.body):
        return None
    classes = [statement.name for statement in tree.body if isinstance(statement, ast.ClassDef)]
    there = f"it has {', '.join(classes)}" if classes else "it defines no class"
    return f"names the class {name}, which {file} does not have; {there}"


def _bound(body: list[ast.stmt]) -> set[str]:
    """Return the names that statements bind, those inside ``if`` and ``try`` included."""
    names: set[str] = set()
    for statement in body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Import() | ast.ImportFrom():
                names.update(alias.asname or alias.name for alias in statement.names)
            case ast.Assign(targets=targets):
                names.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.If(body=body_, orelse=orelse):
                names |= _bound(body_) | _bound(orelse)
            case ast.Try(body=body_, orelse=orelse, handlers=handlers, finalbody=finalbody):
                names |= _bound(body_) | _bound(orelse) | _bound(finalbody)
                names = names.union(*(_bound(handler.body) for handler in handlers))
            case _:
                pass
    return names
